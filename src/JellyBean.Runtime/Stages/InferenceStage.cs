using Akka.Streams;
using Akka.Streams.Stage;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Inference;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Stages;

/// <summary>Batches elements for the instances of a model and gives the answers in the order the elements came.</summary>
/// <remarks>
/// Headers and frontiers keep their place among the elements. Holds at most what <see cref="BatchPacing.Window"/> says, and as many
/// headers and frontiers as <see cref="MostPassing"/>. Upstream finish: all that was accepted is answered and given, then completes.
/// Downstream cancel or failure: the instances stop after their current batch.
/// </remarks>
internal sealed class InferenceStage : ItemStage
{
    private const int MostPassing = 1024;
    private readonly InferencePool _pool;
    private readonly FragmentCompletion _completion;

    /// <param name="pool">Serves this stage only, materialised once; the stage stops it.</param>
    /// <param name="completion">Is told when the stage uses the pool no more.</param>
    public InferenceStage(InferencePool pool, FragmentCompletion completion)
        : base(pool.Name)
    {
        _pool = pool;
        _completion = completion;
        _completion.Use();
    }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, _pool);

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly InferenceStage _stage;
        private readonly InferencePool _pool;

        // Headers and frontiers, each with the place of the element it comes before.
        private readonly Queue<(long Before, Item Item)> _passing = new();
        private long _next;

        // Runs while a result is there that nobody takes.
        private readonly DemandClock _demand;

        public Logic(InferenceStage stage, InferencePool pool)
            : base(stage.Shape)
        {
            _stage = stage;
            _pool = pool;
            _demand = pool.Meter.Demand.Open();
            SetHandlers(stage.In, stage.Out, this);
        }

        private long Held => _pool.Ring.Published - _next;

        public override void PreStart()
        {
            var progress = GetAsyncCallback(() =>
            {
                _pool.Seen();
                Advance();
            });
            _pool.Start(progress, GetAsyncCallback<Exception>(FailStage));
            Pull(_stage.In);
        }

        public override void PostStop()
        {
            _pool.Meter.Demand.Close(_demand);
            _pool.Stop();
            _stage._completion.Stop(Task.CompletedTask);
        }

        public override void OnPush()
        {
            var item = Grab(_stage.In);
            if (item is Element { IsHeader: false } element)
            {
                _pool.Meter.Arrived();
                _pool.Add(element);
            }
            else
            {
                _passing.Enqueue((_pool.Ring.Published, item));
            }

            Advance();
        }

        public override void OnPull()
        {
            _demand.End();
            Advance();
        }

        public override void OnUpstreamFinish()
        {
            _pool.Flush();
            Advance();
        }

        private void Advance()
        {
            if (IsAvailable(_stage.Out) && TryTakeNext() is { } item)
            {
                Push(_stage.Out, item);
            }

            if (!IsAvailable(_stage.Out) && _pool.Ring.IsDone(_next))
            {
                _demand.Begin();
            }

            _pool.Meter.Queue = Held;
            if (IsClosed(_stage.In))
            {
                if (Held == 0 && _passing.Count == 0)
                {
                    CompleteStage();
                }
            }
            else if (!HasBeenPulled(_stage.In) && Held < _pool.Pacing.Window && _passing.Count < MostPassing)
            {
                Pull(_stage.In);
            }
        }

        private Item? TryTakeNext()
        {
            while (true)
            {
                if (_passing.TryPeek(out var first) && first.Before == _next)
                {
                    return _passing.Dequeue().Item;
                }

                if (!_pool.Ring.TryTake(_next, out var element))
                {
                    return null;
                }

                _next++;
                if (element is not null)
                {
                    return element;
                }
            }
        }
    }
}
