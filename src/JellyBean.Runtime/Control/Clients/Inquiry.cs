using System.Collections.Immutable;
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
    private readonly TimeSpan _deadline;
    private readonly TaskCompletionSource<IControlMessage> _answer;
    private TimeSpan _pause = First;
    private bool _isHeard;
    private int _asked;

    /// <param name="contacts">Whom to ask.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="isAnswer">Whether a message is the answer; any other only says that somebody has heard.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="answer">Takes the answer, or a <see cref="RunException"/>.</param>
    public Inquiry(ImmutableArray<Address> contacts, IControlMessage question, Func<IControlMessage, bool> isAnswer, TimeSpan deadline, TaskCompletionSource<IControlMessage> answer)
    {
        (_contacts, _question, _isAnswer, _deadline, _answer) = (contacts, question, isAnswer, deadline, answer);
        Receive<AskDue>(_ => Ask());
        Receive<Over>(_ =>
        {
            _answer.TrySetException(new RunException(_isHeard
                ? $"The cluster has not done it within {_deadline}. It goes on; 'status' and 'history' tell what became of it."
                : $"No coordinator has answered within {_deadline} at {string.Join(", ", _contacts.Select(c => $"{c.Host}:{c.Port}"))}. Look whether nodes run there, and whether certificates fit."));
            Context.Stop(Self);
        });
        Receive<WorkflowUnknown>(m =>
        {
            _answer.TrySetException(new RunException(m.Reason) { IsRefusal = true });
            Context.Stop(Self);
        });
        Receive<IControlMessage>(Hear);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Ask();
        Timers.StartSingleTimer("over", Over.Instance, _deadline);
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
        if (_isAnswer(message))
        {
            _answer.TrySetResult(message);
            Context.Stop(Self);
        }
    }

    private sealed class AskDue : INoSerializationVerificationNeeded
    {
        public static readonly AskDue Instance = new();
    }

    private sealed class Over : INoSerializationVerificationNeeded
    {
        public static readonly Over Instance = new();
    }
}
