using Akka.Actor;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Who speaks for which node. Only nodes that were welcomed are in it.</summary>
internal sealed class Agents
{
    private readonly Dictionary<WorkerId, IActorRef> _agents = [];
    private readonly Dictionary<IActorRef, WorkerId> _workers = [];

    public IActorRef? Of(WorkerId worker) => _agents.GetValueOrDefault(worker);

    public WorkerId? Of(IActorRef agent) => _workers.TryGetValue(agent, out var worker) ? worker : null;

    public List<IActorRef> At(Address address) => [.. _workers.Keys.Where(a => a.Path.Address == address)];

    /// <returns>Who spoke for the node before; null if nobody did.</returns>
    public IActorRef? Set(WorkerId worker, IActorRef agent)
    {
        if (_agents.Remove(worker, out var former))
        {
            _workers.Remove(former);
        }

        _agents[worker] = agent;
        _workers[agent] = worker;
        return former;
    }

    /// <returns>The node that it spoke for; null if for none.</returns>
    public WorkerId? Remove(IActorRef agent) =>
        _workers.Remove(agent, out var worker) && _agents.Remove(worker) ? worker : null;
}
