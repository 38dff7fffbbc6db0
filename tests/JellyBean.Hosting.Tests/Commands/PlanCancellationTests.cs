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

    /// <summary>Searches until it is told to end.</summary>
    private sealed class EndlessPlanner : IPlanner, IDisposable
    {
        private readonly SemaphoreSlim _never = new(0);
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CancellationToken _ends;

        public Task Begun => _begun.Task;

        public Task Ended => _ended.Task;

        public PlanningResult Plan(PlanningProblem problem)
        {
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
