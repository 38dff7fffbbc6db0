namespace JellyBean.Planning.Simulation;

/// <summary>What happens when, in simulated seconds. What happens at the same time happens in the order in which it was scheduled.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (double At, long Order)> _events = new();
    private long _order;

    /// <summary>The simulated time.</summary>
    public double Now { get; private set; }

    public void At(double time, Action happens) => _events.Enqueue(happens, (Math.Max(time, Now), _order++));

    /// <summary>Lets happen what happens up to a time.</summary>
    public void RunTo(double end)
    {
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            var happens = _events.Dequeue();
            Now = next.At;
            happens();
        }

        Now = Math.Max(Now, end);
    }
}
