using Akka.Actor;
using JellyBean.Planning.Plans;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Where this process hands plans to whichever of its nodes coordinates. Thread-safe.</summary>
internal sealed class RunDesk
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<IActorRef> _awaited = New();
    private IActorRef? _coordinator;
    private (IActorRef Coordinator, RunTicket Ticket)? _run;

    /// <summary>Whether a coordinator is in this process.</summary>
    public bool IsAttached
    {
        get
        {
            lock (_gate)
            {
                return _coordinator is not null;
            }
        }
    }

    /// <summary>A coordinator has begun.</summary>
    public void Attach(IActorRef coordinator)
    {
        lock (_gate)
        {
            if (_coordinator is not null)
            {
                _awaited = New();
            }

            _coordinator = coordinator;
            _awaited.SetResult(coordinator);
        }
    }

    /// <summary>A coordinator has ended; nobody would answer for its run any more.</summary>
    public void Detach(IActorRef coordinator)
    {
        lock (_gate)
        {
            if (coordinator.Equals(_coordinator))
            {
                _coordinator = null;
                _awaited = New();
            }

            if (_run is { } run && run.Coordinator.Equals(coordinator))
            {
                run.Ticket.Fail(new RunException("The coordinator has ended while the run was on. Nodes are told to stop by the next one."));
            }
        }
    }

    /// <summary>Runs a plan.</summary>
    /// <exception cref="InvalidOperationException">A run is on.</exception>
    public async Task<RunReport> RunAsync(Plan plan, long? resume, IProgress<RunReport>? progress, TimeSpan patience, CancellationToken drain)
    {
        Task<IActorRef> waiting;
        lock (_gate)
        {
            waiting = _awaited.Task;
        }

        IActorRef coordinator;
        try
        {
            coordinator = await waiting.WaitAsync(patience, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RunException($"No node has become the coordinator within {patience}.");
        }

        var ticket = new RunTicket(plan, resume, progress);
        lock (_gate)
        {
            if (_run is not null)
            {
                throw new InvalidOperationException("A run is on: a cluster runs one plan at a time. Wait for it or drain it.");
            }

            if (!coordinator.Equals(_coordinator))
            {
                throw new RunException("The coordinator has changed just now. Run the plan again.");
            }

            _run = (coordinator, ticket);
            coordinator.Tell(new SubmitRun(ticket));
        }

        try
        {
            using var registration = drain.Register(() => coordinator.Tell(new DrainRun()));
            return await ticket.Completion.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _run = null;
            }
        }
    }

    /// <summary>Asks for another plan to take the place of the one in force.</summary>
    /// <returns>Whether somebody was asked: false while this process does not coordinate. What becomes of it shows in the run's history.</returns>
    public bool Propose(Plan plan, string reason)
    {
        lock (_gate)
        {
            _coordinator?.Tell(new ProposePlan(plan, reason));
            return _coordinator is not null;
        }
    }

    /// <summary>Stops a run that is on and waits for its end, at most <paramref name="patience"/>.</summary>
    public async Task AbortAsync(string reason, TimeSpan patience)
    {
        Task ended;
        lock (_gate)
        {
            if (_run is not { } run)
            {
                return;
            }

            run.Coordinator.Tell(new AbortRun(reason));
            ended = run.Ticket.Completion;
        }

        await Task.WhenAny(ended, Task.Delay(patience)).ConfigureAwait(false);
    }

    private static TaskCompletionSource<IActorRef> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
