using JellyBean.Planning.Plans;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Simulation;

/// <summary>An operator's part on a worker: a queue, instances side by side that take batches from it, and what becomes of what they took.</summary>
/// <remarks>An instance takes what waits, up to the batch size; batches fill while instances are busy. As in the engine, nobody waits for a batch to be full.</remarks>
internal sealed class Station(Operator op, Placement placement, Instance instance, RunTimes runs, Machine machine, EventQueue events)
{
    private readonly Queue<(Token Token, double Since)> _waiting = new();
    private int _running;
    private long _runs;
    private long _taken;
    private long _finished;
    private double _stays;

    public Operator Operator => op;

    public Instance Instance => instance;

    /// <summary>What is done with an element when its run is over.</summary>
    public Action<Station, Token>? Finished { get; set; }

    /// <summary>Elements inside, waiting or worked on.</summary>
    public TimeAverage Inside { get; } = new();

    public TimeAverage BusyCores { get; } = new();

    public int Waiting => _waiting.Count;

    public int MostWaiting { get; private set; }

    public bool CanStart => _waiting.Count > 0 && _running < instance.Parallelism;

    public long TakenSinceRestart => _taken;

    public double MeanBatch => _runs > 0 ? (double)_taken / _runs : 0;

    public double MeanStaySeconds => _finished > 0 ? _stays / _finished : 0;

    public void Arrive(Token token)
    {
        if (runs.AreZero)
        {
            // What takes no time needs no core.
            (_runs, _taken, _finished) = (_runs + 1, _taken + 1, _finished + 1);
            Finished!(this, token);
            return;
        }

        _waiting.Enqueue((token, events.Now));
        Inside.Add(1, events.Now);
        machine.Start();
        MostWaiting = Math.Max(MostWaiting, _waiting.Count);
    }

    /// <summary>Takes a batch, and says how long its run takes on a whole core.</summary>
    public ((Token Token, double Since)[] Batch, double Seconds) Take()
    {
        var batch = new (Token, double)[Math.Min(_waiting.Count, placement.BatchSize)];
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = _waiting.Dequeue();
        }

        _running++;
        _runs++;
        _taken += batch.Length;
        return (batch, runs.Draw(batch.Length));
    }

    public void Finish((Token Token, double Since)[] batch)
    {
        _running--;
        Inside.Add(-batch.Length, events.Now);
        foreach (var (token, since) in batch)
        {
            _finished++;
            _stays += events.Now - since;
            Finished!(this, token);
        }
    }

    /// <summary>Measures from now on.</summary>
    public void Restart()
    {
        Inside.Restart(events.Now);
        BusyCores.Restart(events.Now);
        (_runs, _taken, _finished, _stays, MostWaiting) = (0, 0, 0, 0, _waiting.Count);
    }
}
