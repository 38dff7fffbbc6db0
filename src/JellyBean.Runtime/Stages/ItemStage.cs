using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Stages;

/// <summary>A stage that takes items one by one and gives 0 to N for each, in order.</summary>
/// <remarks>Holds what it gave until downstream asks, and takes nothing more before. Upstream finish: gives the rest, then completes. Failure and cancel: at once.</remarks>
internal abstract class ItemStage : GraphStage<FlowShape<Item, Item>>
{
    protected ItemStage(string name)
    {
        In = new Inlet<Item>($"{name}.in");
        Out = new Outlet<Item>($"{name}.out");
        Shape = new FlowShape<Item, Item>(In, Out);
    }

    public Inlet<Item> In { get; }

    public Outlet<Item> Out { get; }

    public override FlowShape<Item, Item> Shape { get; }
}

/// <summary>Handlers of an <see cref="ItemStage"/>.</summary>
internal abstract class ItemLogic : InAndOutGraphStageLogic
{
    private readonly ItemStage _stage;
    private readonly Queue<Item> _given = new();
    private readonly DemandClock _demand;
    private bool _awaitsState;

    protected ItemLogic(ItemStage stage, StageMeter meter)
        : base(stage.Shape)
    {
        _stage = stage;
        Meter = meter;
        _demand = meter.Demand.Open();
        SetHandlers(stage.In, stage.Out, this);
    }

    /// <summary>Measures the stage.</summary>
    protected StageMeter Meter { get; }

    public sealed override void OnPush()
    {
        switch (Grab(_stage.In))
        {
            case Element element:
                OnElement(element);
                break;
            case Frontier frontier:
                OnFrontier(frontier);
                break;
            case SnapshotBarrier barrier:
                OnBarrier(barrier);
                break;
        }

        Advance();
    }

    public sealed override void OnPull()
    {
        _demand.End();
        Advance();
    }

    public sealed override void PostStop() => Meter.Demand.Close(_demand);

    public sealed override void OnUpstreamFinish()
    {
        if (_given.Count == 0 && !_awaitsState)
        {
            Complete();
        }
    }

    /// <summary>Takes nothing until the stage's state has come, and begins with that. Called before it starts.</summary>
    protected void Await(StateSlot slot, Action<StatePiece> restore)
    {
        _awaitsState = true;
        slot.Restore(
            pieces =>
            {
                foreach (var piece in pieces)
                {
                    restore(piece);
                }

                _awaitsState = false;
                Advance();
            },
            FailStage,
            GetAsyncCallback);
    }

    /// <summary>Takes an element; it belongs to the stage.</summary>
    protected abstract void OnElement(Element element);

    /// <summary>Takes a frontier; passes it on unless a stage has more to say first.</summary>
    protected virtual void OnFrontier(Frontier frontier) => Give(frontier);

    /// <summary>Takes a barrier; passes it on, after a stage with state has told its state.</summary>
    protected virtual void OnBarrier(SnapshotBarrier barrier) => Give(barrier);

    /// <summary>Everything was taken and given.</summary>
    protected virtual void OnComplete()
    {
    }

    /// <summary>Gives an item downstream.</summary>
    protected void Give(Item item) => _given.Enqueue(item);

    private void Advance()
    {
        if (_awaitsState || !IsAvailable(_stage.Out))
        {
            return;
        }

        if (_given.TryDequeue(out var item))
        {
            Push(_stage.Out, item);
            _demand.Begin();
            if (_given.Count == 0 && IsClosed(_stage.In))
            {
                Complete();
            }
        }
        else if (IsClosed(_stage.In))
        {
            Complete();
        }
        else if (!HasBeenPulled(_stage.In))
        {
            Pull(_stage.In);
        }
    }

    private void Complete()
    {
        OnComplete();
        CompleteStage();
    }
}
