using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Control;

/// <summary>A cluster that knows one operator, <c>detector</c>, and remembers what it was told.</summary>
internal sealed class FakeControl : IWorkflowControl
{
    public List<(string Command, CommandOptions Options)> Told { get; } = [];

    public ClusterStatus Status { get; set; } = new()
    {
        Coordinator = new WorkerId("boss"),
        Term = 3,
        Members = [],
        Phase = "running",
        Transition = new TransitionStatus { From = 2, To = 3, Step = "preparing", Reason = "Node 'box' is leaving.", Elapsed = TimeSpan.FromSeconds(1.5), Awaited = [new WorkerId("box")] },
        Pins = ImmutableSortedDictionary<OperatorId, Tier>.Empty.Add(new OperatorId("detector"), Tier.Cloud),
    };

    /// <summary>Nobody coordinates.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>The workflow that was asked about last; null for its own.</summary>
    public string? About { get; private set; }

    public IWorkflowControl Of(string workflow)
    {
        About = workflow;
        return this;
    }

    public Task<ImmutableArray<WorkflowStatus>> WorkflowsAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<WorkflowStatus>>(
        [new WorkflowStatus { Name = "tracking", Fingerprint = "f00d", Phase = "running", Epoch = 2, CostPerHour = 0.5, Currency = "USD", Nodes = [new WorkerId("edge-1")] }]);

    public Task<ClusterStatus> StartAsync(TimeSpan deadline, CancellationToken cancellationToken) => About == "nobody"
        ? Task.FromException<ClusterStatus>(new RunException("There is no workflow 'nobody' in the cluster. Allowed: tracking.") { IsRefusal = true })
        : Run("start", deadline);

    public Task<ClusterStatus> StopAsync(TimeSpan deadline, CancellationToken cancellationToken) => Run("stop", deadline);

    private Task<ClusterStatus> Run(string command, TimeSpan deadline)
    {
        Told.Add((command, new CommandOptions { Deadline = deadline }));
        return Task.FromResult(Status);
    }

    public Task<ClusterStatus> StatusAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        IsDeaf ? Task.FromException<ClusterStatus>(new RunException("Nobody has answered.")) : Task.FromResult(Status);

    public Task<CommandOutcome> ReplanAsync(CommandOptions options, CancellationToken cancellationToken) => Do("replan", options, CommandStatus.NoPlan, []);

    public Task<CommandOutcome> PinAsync(OperatorId operatorId, Tier tier, CommandOptions options, CancellationToken cancellationToken) => operatorId.Value == "detector"
        ? Do($"pin {operatorId} {tier}", options, CommandStatus.Done, [])
        : Do($"pin {operatorId} {tier}", options, CommandStatus.Refused, ["detector", "tracker"]);

    public Task<CommandOutcome> UnpinAsync(OperatorId operatorId, CommandOptions options, CancellationToken cancellationToken) => Do($"unpin {operatorId}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> SwapAsync(OperatorId operatorId, string variant, CommandOptions options, CancellationToken cancellationToken) => Do($"swap {operatorId} {variant}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> DrainAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken) =>
        IsDeaf ? Task.FromException<CommandOutcome>(new RunException("Nobody has answered.")) : Do($"drain {node}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> ReturnAsync(WorkerId node, CommandOptions options, CancellationToken cancellationToken) => Do($"return {node}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> PauseAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken) => Do($"pause {source}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> ResumeAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken) => Do($"resume {source}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> AddAsync(SourceId source, IReadOnlyDictionary<string, string> settings, CommandOptions options, CancellationToken cancellationToken) =>
        Do($"add {source} {string.Join(' ', settings.Select(s => $"{s.Key}={s.Value}"))}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> RemoveAsync(SourceId source, CommandOptions options, CancellationToken cancellationToken) => Do($"remove {source}", options, CommandStatus.Done, []);

    public Task<CommandOutcome> UpgradeAsync(string? from, CommandOptions options, CancellationToken cancellationToken) => Do($"upgrade {from}", options, CommandStatus.Done, []);

    public Task<ImmutableArray<Decision>> HistoryAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<Decision>>(
    [
        new Decision
        {
            Number = 1,
            At = DateTimeOffset.UnixEpoch,
            Trigger = "pin detector cloud",
            Result = "Epoch 2 is in force.",
            EpochBefore = 1,
            EpochAfter = 2,
            CostBefore = 1,
            CostAfter = 2.5,
            Steps = [new DecisionStep("planning", TimeSpan.FromSeconds(1.5))],
            Candidates = [new Candidate("epoch 2", 2.5, "chosen")],
            Measurements = [new Measurement("cameras/gate in", 7, "elements")],
        },
    ]);

    private Task<CommandOutcome> Do(string command, CommandOptions options, CommandStatus status, ImmutableArray<string> allowed)
    {
        Told.Add((command, options));
        return Task.FromResult(new CommandOutcome { Command = command, Status = status, Message = "As told.", Allowed = allowed, Epoch = 2, CostBefore = 1, CostAfter = 2, Changes = ["detector: a → b"] });
    }
}
