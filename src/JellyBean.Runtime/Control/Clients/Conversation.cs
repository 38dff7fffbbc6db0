using System.Collections.Immutable;
using Akka.Actor;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>Asks a cluster something again and again, of one known node after the other, until it has the whole answer.</summary>
/// <remarks>Whoever coordinates may change meanwhile: the next question finds the next one.</remarks>
internal sealed class Conversation : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<Address> _contacts;
    private readonly Question _question;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<string, FragmentReport> _reports = new(StringComparer.Ordinal);
    private int _arrived;
    private int _asked;
    private long _heardAt;
    private bool _isDraining;

    public Conversation(ImmutableArray<Address> contacts, Question question, TimeProvider time)
    {
        _contacts = contacts;
        _question = question;
        _time = time;
        _heardAt = time.GetTimestamp();
        Receive<AskDue>(_ => AskAgain());
        Receive<Report>(OnReport);
        Receive<StatusIs>(OnStatus);
        Receive<PlanIs>(OnPlan);
        Receive<SubmitRefused>(m => Fail(m.Reason, isRefusal: true));
        Receive<WorkflowUnknown>(m => Fail(m.Reason, isRefusal: true));
        Receive<EndRun>(_ =>
        {
            _isDraining = true;
            AskAgain();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("ask", AskDue.Instance, TimeSpan.Zero, Every);

    /// <summary>Whoever is told of a status has failed: begun again, this would have forgotten what it was to ask.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _question.Answer.TrySetException(reason);
        base.PreRestart(reason, message);
        Context.Stop(Self);
    }

    private void AskAgain()
    {
        if (_time.GetElapsedTime(_heardAt) > _question.Patience)
        {
            Fail(Unanswered.Within(_question.Patience, _contacts));
            return;
        }

        var proxy = Context.ActorSelection(new RootActorPath(_contacts[_asked++ % _contacts.Length]) / "user" / ControlSystem.ProxyName);
        proxy.Tell(About.Of(_question.About, _question.Ask));
        if (_isDraining)
        {
            proxy.Tell(About.Of(_question.About, new EndRun(ControlProtocol.Version)));
        }
    }

    private void OnReport(Report report)
    {
        if (_reports.Values.FirstOrDefault() is { } one && one.Epoch != report.Fragment.Epoch)
        {
            _reports.Clear();
        }

        _reports[report.Fragment.Worker.Value] = report.Fragment;
        _arrived++;
    }

    private void OnStatus(StatusIs message)
    {
        _heardAt = _time.GetTimestamp();
        _question.Heard?.Invoke();
        var isWhole = _arrived >= message.Reports;
        _arrived = 0;
        var status = message.Status with { Fragments = [.. _reports.Values] };
        if (isWhole && _question.IsAnswer(status))
        {
            _question.Answer.TrySetResult(status);
            Context.Stop(Self);
            return;
        }

        _question.Progress?.Report(status);
    }

    private void OnPlan(PlanIs message)
    {
        try
        {
            _question.Planned?.Invoke(PlanText.Parse(message.Text));
        }
        catch (FormatException cause)
        {
            Fail($"The cluster runs a plan that this program cannot read: {cause.Message} Run the same build on both.");
        }
    }

    private void Fail(string reason, bool isRefusal = false)
    {
        _question.Answer.TrySetException(new RunException(reason) { IsRefusal = isRefusal });
        Context.Stop(Self);
    }

    private sealed class AskDue : INoSerializationVerificationNeeded
    {
        public static readonly AskDue Instance = new();
    }
}

/// <summary>What is asked, and when it is answered.</summary>
/// <param name="Ask">Sent again and again.</param>
/// <param name="IsAnswer">Whether a status is the answer.</param>
/// <param name="Patience">How long nothing may be heard.</param>
internal sealed record Question(IControlMessage Ask, Func<ClusterStatus, bool> IsAnswer, TimeSpan Patience)
{
    public TaskCompletionSource<ClusterStatus> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The workflow that is asked about; null for the one that the coordinator has built.</summary>
    public About? About { get; init; }

    /// <summary>Told of every status before.</summary>
    public IProgress<ClusterStatus>? Progress { get; init; }

    /// <summary>Told whenever a coordinator has answered.</summary>
    public Action? Heard { get; init; }

    /// <summary>Told of every plan that is put in force.</summary>
    public Action<Plan>? Planned { get; init; }
}
