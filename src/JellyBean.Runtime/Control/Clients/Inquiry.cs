using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Clients;

/// <summary>Asks one thing again and again, of one known node after the other, until the answer is there or the deadline is over.</summary>
/// <remarks>What is asked bears an id where it changes something, so that it may be asked as often as need be. Whoever coordinates may change meanwhile.</remarks>
internal sealed class Inquiry : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    // By a quarter: what is done in a moment is known a moment later, and what takes long is not asked for more often than it is worth.
    private const double Growth = 1.25;

    private readonly ImmutableArray<Address> _contacts;
    private readonly IControlMessage _question;
    private readonly Func<IControlMessage, bool> _isAnswer;
    private readonly TimeSpan _heardWithin;
    private readonly TimeSpan _deadline;
    private readonly TaskCompletionSource<IControlMessage> _answer;
    private readonly Action? _heard;
    private TimeSpan _pause = First;
    private bool _isHeard;
    private int _asked;

    /// <param name="contacts">Whom to ask.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="isAnswer">Whether a message is the answer; any other only says that somebody has heard.</param>
    /// <param name="heardWithin">How long it may take until anybody has heard: that is answered at once, whatever is asked.</param>
    /// <param name="deadline">How long it may take in all.</param>
    /// <param name="answer">Takes the answer, or a <see cref="RunException"/>.</param>
    /// <param name="heard">Told whenever somebody has heard.</param>
    public Inquiry(
        ImmutableArray<Address> contacts, IControlMessage question, Func<IControlMessage, bool> isAnswer, TimeSpan heardWithin, TimeSpan deadline, TaskCompletionSource<IControlMessage> answer, Action? heard)
    {
        (_contacts, _question, _isAnswer, _heardWithin, _deadline, _answer, _heard) = (contacts, question, isAnswer, heardWithin, deadline, answer, heard);
        Receive<AskDue>(_ => Ask());
        Receive<Over>(_ => Fail(new RunException(_isHeard
            ? string.Create(CultureInfo.InvariantCulture, $"The cluster has not done it within {_deadline.TotalSeconds:0.#} s. It goes on; 'status' and 'history' tell what became of it.")
            : NobodyWithin(_deadline))));
        Receive<Unheard>(_ => !_isHeard, _ => Fail(new RunException(NobodyWithin(_heardWithin))));
        Receive<Unheard>(_ => { });
        Receive<WorkflowUnknown>(m => Fail(new RunException(m.Reason) { IsRefusal = true }));
        Receive<IControlMessage>(Hear);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Ask();
        Timers.StartSingleTimer("over", Over.Instance, _deadline);
        if (_heardWithin < _deadline)
        {
            Timers.StartSingleTimer("unheard", Unheard.Instance, _heardWithin);
        }
    }

    private void Ask()
    {
        Context.ActorSelection(new RootActorPath(_contacts[_asked++ % _contacts.Length]) / "user" / ControlSystem.ProxyName).Tell(_question);
        Timers.StartSingleTimer("ask", AskDue.Instance, _pause);
        _pause = _pause * Growth < Most ? _pause * Growth : Most;
    }

    private void Hear(IControlMessage message)
    {
        _isHeard = true;
        _heard?.Invoke();
        if (_isAnswer(message))
        {
            _answer.TrySetResult(message);
            Context.Stop(Self);
        }
    }

    private void Fail(RunException cause)
    {
        _answer.TrySetException(cause);
        Context.Stop(Self);
    }

    private string NobodyWithin(TimeSpan time) => Unanswered.Within(time, _contacts);

    private sealed class AskDue : INoSerializationVerificationNeeded
    {
        public static readonly AskDue Instance = new();
    }

    private sealed class Unheard : INoSerializationVerificationNeeded
    {
        public static readonly Unheard Instance = new();
    }

    private sealed class Over : INoSerializationVerificationNeeded
    {
        public static readonly Over Instance = new();
    }
}
