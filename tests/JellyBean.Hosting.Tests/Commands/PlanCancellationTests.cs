using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.Commands;

public sealed class PlanCancellationTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("plan")]
    [InlineData("plan", "--front")]
    [InlineData("run")]
    public async Task Command_that_is_told_to_end_while_it_plans_ends_the_search(params string[] command)
    {
        using var planner = new EndlessPlanner();
        _program.Services.AddSingleton<IPlanner>(planner);
        using var signals = new StopSignals(CancellationToken.None);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var running = _program.InvokeAsync(signals, [command[0], .. _program.Run()[3..], .. command[1..]]);
        await planner.Begun.WaitAsync(deadline.Token);

        signals.Stop();

        Assert.Equal(ExitCodes.Interrupted, await running.WaitAsync(deadline.Token));
        await planner.Ended.WaitAsync(deadline.Token);
    }

    [Fact]
    public async Task Plan_is_told_before_why_it_is_so_and_stays_when_the_explanation_is_cut_short()
    {
        // Only an explanation asks what would be if a model had one variant.
        using var planner = new EndlessPlanner { IsEndless = problem => problem.Profile.ServiceTimes.Where(t => t.Variant is not null).DistinctBy(t => t.Variant).Count() == 1 };
        _program.Services.AddSingleton<IPlanner>(planner);
        using var signals = new StopSignals(CancellationToken.None);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var running = _program.InvokeAsync(signals, ["plan", .. _program.Run()[3..]]);
        await planner.Begun.WaitAsync(deadline.Token);
        var meanwhile = _program.Output;

        signals.Stop();

        Assert.Equal(ExitCodes.Interrupted, await running.WaitAsync(deadline.Token));
        await planner.Ended.WaitAsync(deadline.Token);
        Assert.StartsWith("Plan of 'naming'", meanwhile, StringComparison.Ordinal);
        Assert.Contains("Latency, p99 from admission to result;", meanwhile, StringComparison.Ordinal);
        Assert.Equal(meanwhile, _program.Output);
        Assert.Contains("The explanation was cut short; what is printed holds.", _program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Stopped before the run began", _program.Error, StringComparison.Ordinal);
    }

    /// <summary>Searches until it is told to end, where it is not asked what has an end.</summary>
    private sealed class EndlessPlanner : IPlanner, IDisposable
    {
        private readonly SemaphoreSlim _never = new(0);
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CancellationToken _ends;

        public Func<PlanningProblem, bool> IsEndless { get; init; } = _ => true;

        public Task Begun => _begun.Task;

        public Task Ended => _ended.Task;

        public PlanningResult Plan(PlanningProblem problem)
        {
            if (!IsEndless(problem))
            {
                return new CheapestPlanner().Plan(problem);
            }

            _begun.SetResult();
            try
            {
                _never.Wait(_ends);
                throw new InvalidOperationException("Nobody lets it go on.");
            }
            finally
            {
                _ended.SetResult();
            }
        }

        public IPlanner Until(CancellationToken cancellationToken)
        {
            _ends = cancellationToken;
            return this;
        }

        public void Dispose() => _never.Dispose();
    }
}
