using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using JellyBean.Runtime.Control.Clients;
using JellyBean.Runtime.Control.Protocol;
using Xunit;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>What becomes of a question that takes long, or that nobody hears; in virtual time.</summary>
public sealed class InquiryTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private readonly TaskCompletionSource<IControlMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isHeard;

    [Fact]
    public async Task Question_that_nobody_hears_is_given_up_long_before_its_deadline()
    {
        Watch(Ask(heardWithin: TimeSpan.FromSeconds(30), deadline: TimeSpan.FromMinutes(2)));

        Pass(TimeSpan.FromSeconds(29));
        var isOver = _answer.Task.IsCompleted;
        Pass(TimeSpan.FromSeconds(1));
        await ExpectTerminatedAsync();

        Assert.False(isOver || _isHeard);
        Assert.Equal("No coordinator has answered within 30 s at 127.0.0.1:1. Look whether nodes run there, and whether certificates fit.", (await Assert.ThrowsAsync<RunException>(() => _answer.Task)).Message);
    }

    [Fact]
    public async Task Question_that_somebody_has_heard_may_take_until_its_deadline()
    {
        var inquiry = Watch(Ask(heardWithin: TimeSpan.FromSeconds(30), deadline: TimeSpan.FromMinutes(2)));
        inquiry.Tell(new CommandGoesOn("7"));
        await inquiry.Ask<ActorIdentity>(new Identify(1), ClusterFixture.Deadline);

        Pass(TimeSpan.FromSeconds(119));
        var isOver = _answer.Task.IsCompleted;
        Pass(TimeSpan.FromSeconds(1));
        await ExpectTerminatedAsync();

        Assert.Equal((false, true), (isOver, _isHeard));
        Assert.Equal("The cluster has not done it within 120 s. It goes on; 'status' and 'history' tell what became of it.", (await Assert.ThrowsAsync<RunException>(() => _answer.Task)).Message);
    }

    private IActorRef Ask(TimeSpan heardWithin, TimeSpan deadline)
    {
        ImmutableArray<Address> contacts = [new("akka.tcp", "nobody", "127.0.0.1", 1)];
        Func<IControlMessage, bool> isAnswer = m => m is CommandIs;
        var question = new AskHistory(ControlProtocol.Version);
        Action heard = () => _isHeard = true;
        var inquiry = Sys.ActorOf(Props.Create(() => new Inquiry(contacts, question, isAnswer, heardWithin, deadline, _answer, heard)));

        // It has set its timers once it answers.
        inquiry.Ask<ActorIdentity>(new Identify(0), ClusterFixture.Deadline).Wait(ClusterFixture.Deadline);
        return inquiry;
    }

    private void Pass(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    private Task<Terminated> ExpectTerminatedAsync() => ExpectMsgAsync<Terminated>(ClusterFixture.Deadline).AsTask();
}
