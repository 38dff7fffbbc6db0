using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Stages;

/// <summary>Gives every item to all consumers of a flow; each gets an element of its own. Keeps order; holds none.</summary>
/// <remarks>Takes an item when all consumers ask. Upstream finish completes; cancel of one consumer ends all: a fragment runs whole or not at all.</remarks>
internal sealed class BranchStage : GraphStage<UniformFanOutShape<Item, Item>>
{
    public BranchStage(string name, int consumers) =>
        Shape = new UniformFanOutShape<Item, Item>(
            new Inlet<Item>($"{name}.in"), [.. Enumerable.Range(0, consumers).Select(i => new Outlet<Item>($"{name}.out{i}"))]);

    public override UniformFanOutShape<Item, Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly Inlet<Item> _in;
        private readonly ImmutableArray<Outlet<Item>> _outs;
        private readonly Item[] _copies;
        private int _asking;

        public Logic(BranchStage stage)
            : base(stage.Shape)
        {
            _in = stage.Shape.In;
            _outs = [.. stage.Shape.Outlets.Cast<Outlet<Item>>()];
            _copies = new Item[_outs.Length];
            SetHandler(_in, this);
            foreach (var outlet in _outs)
            {
                SetHandler(outlet, onPull: OnPull);
            }
        }

        public override void OnPush()
        {
            var item = Grab(_in);
            _copies[0] = item;
            for (var i = 1; i < _copies.Length; i++)
            {
                // Copied before any consumer can change the original.
                _copies[i] = item is Element element ? element.Derive(element.Lineage, element.Value, element.Parts) : item;
            }

            _asking = 0;
            for (var i = 0; i < _copies.Length; i++)
            {
                Push(_outs[i], _copies[i]);
            }
        }

        private void OnPull()
        {
            if (++_asking == _outs.Length && !HasBeenPulled(_in))
            {
                Pull(_in);
            }
        }
    }
}
