using System.Collections.Immutable;
using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Stages;

/// <summary>How a route divides its elements between the instances of the next operator.</summary>
/// <param name="Epoch">The plan that says so.</param>
/// <param name="Shares">One per instance, summing to 1.</param>
/// <param name="KeyOf">The element's key, where instances own keys; null where any instance will do.</param>
internal sealed record RouteTable(long Epoch, ImmutableArray<double> Shares, Func<object, string>? KeyOf)
{
    /// <summary>The key groups of each instance, all together; empty where they are dealt out in turn.</summary>
    public ImmutableArray<KeyRange> Ranges { get; init; } = [];

    /// <summary>The instance that owns a key group.</summary>
    public int OwnerOf(int group)
    {
        if (Ranges.IsEmpty)
        {
            return group % Shares.Length;
        }

        var owner = 0;
        while (!Ranges[owner].Contains(group))
        {
            owner++;
        }

        return owner;
    }
}

/// <summary>Divides elements between instances, by key or by share; what derives from one source element stays together. Frontiers go to all.</summary>
/// <remarks>Keeps order per instance. Holds at most <see cref="MostWaiting"/> items per instance; then waits for it. Upstream finish: gives the rest, completes.</remarks>
internal sealed class RouteStage : GraphStage<UniformFanOutShape<Item, Item>>
{
    private const int MostWaiting = 16;
    private readonly RouteTable _table;

    public RouteStage(string name, RouteTable table)
    {
        _table = table;
        Shape = new UniformFanOutShape<Item, Item>(
            new Inlet<Item>($"{name}.in"), [.. Enumerable.Range(0, table.Shares.Length).Select(i => new Outlet<Item>($"{name}.out{i}"))]);
    }

    public override UniformFanOutShape<Item, Item> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, _table);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly Inlet<Item> _in;
        private readonly ImmutableArray<Outlet<Item>> _outs;
        private readonly Queue<Item>[] _waiting;
        private readonly RouteTable _table;
        private readonly double[] _credit;
        private SourceId _source;
        private long _number = -1;
        private int _chosen;

        public Logic(RouteStage stage, RouteTable table)
            : base(stage.Shape)
        {
            _table = table;
            _in = stage.Shape.In;
            _outs = [.. stage.Shape.Outlets.Cast<Outlet<Item>>()];
            _waiting = [.. _outs.Select(_ => new Queue<Item>())];
            _credit = new double[_outs.Length];
            SetHandler(_in, this);
            for (var i = 0; i < _outs.Length; i++)
            {
                var instance = i;
                SetHandler(_outs[i], onPull: () => Give(instance));
            }
        }

        public override void PreStart() => Pull(_in);

        public override void OnPush()
        {
            var item = Grab(_in);
            if (item is Element element)
            {
                var instance = Choose(element);
                _waiting[instance].Enqueue(element);
                Give(instance);
            }
            else
            {
                for (var i = 0; i < _outs.Length; i++)
                {
                    _waiting[i].Enqueue(item);
                    Give(i);
                }
            }

            Take();
        }

        public override void OnUpstreamFinish() => CompleteIfEmpty();

        private void Give(int instance)
        {
            if (IsAvailable(_outs[instance]) && _waiting[instance].TryDequeue(out var item))
            {
                Push(_outs[instance], item);
                Take();
            }

            CompleteIfEmpty();
        }

        private void Take()
        {
            if (!HasBeenPulled(_in) && !IsClosed(_in) && Array.TrueForAll(_waiting, w => w.Count < MostWaiting))
            {
                Pull(_in);
            }
        }

        private void CompleteIfEmpty()
        {
            if (IsClosed(_in) && Array.TrueForAll(_waiting, w => w.Count == 0))
            {
                CompleteStage();
            }
        }

        private int Choose(Element element)
        {
            if (_table.KeyOf is { } keyOf)
            {
                return Owner(keyOf, element.Value);
            }

            var lineage = element.Lineage;
            if (lineage.Number != _number || lineage.Source != _source)
            {
                (_source, _number, _chosen) = (lineage.Source, lineage.Number, NextByShare());
            }

            return _chosen;
        }

        private int Owner(Func<object, string> keyOf, object value)
        {
            try
            {
                return _table.OwnerOf(KeyGroup.Of(keyOf(value)));
            }
            catch (Exception)
            {
                // Any instance will do: it asks for the key again, and there the element fails and is counted.
                return 0;
            }
        }

        /// <summary>Smooth weighted round robin: whoever is owed most is next.</summary>
        private int NextByShare()
        {
            var next = 0;
            for (var i = 0; i < _credit.Length; i++)
            {
                _credit[i] += _table.Shares[i];
                if (_credit[i] > _credit[next])
                {
                    next = i;
                }
            }

            _credit[next] -= 1;
            return next;
        }
    }
}
