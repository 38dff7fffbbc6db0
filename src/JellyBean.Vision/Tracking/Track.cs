using JellyBean.Vision.Appearance;

namespace JellyBean.Vision.Tracking;

/// <summary>One thing that is followed.</summary>
internal sealed class Track
{
    // Noise in heights of the box, as DeepSORT scales it (Wojke et al. 2017): a person is about 1.7 m high,
    // walks 1–2 m/s and may turn within a second.
    private const double SeenDeviation = 0.05;
    private const double SeenSizeDeviation = 0.1;
    private const double FirstVelocity = 0.5;
    private const double FirstSizeVelocity = 0.1;
    private const double Acceleration = 1.2;
    private const double SizeAcceleration = 0.1;

    // Of an unsure box, which is often half hidden.
    private const double UnsureFactor = 1.5;

    // Share of the newest look in a track's: DeepSORT's successors use 0.1.
    private const float NewLook = 0.1f;

    /// <summary>From 1 once confirmed; 0 before.</summary>
    public long Id { get; set; }

    /// <summary>Sightings until confirmed.</summary>
    public int Hits { get; set; }

    public int Class { get; init; }

    public float Score { get; set; }

    public DateTimeOffset SeenAt { get; set; }

    /// <summary>When a sure box last showed it.</summary>
    public DateTimeOffset SureAt { get; set; }

    /// <summary>Whether the newest frame showed it.</summary>
    public bool IsSeen { get; set; }

    public Look? Look { get; set; }

    public Kalman X { get; set; }

    public Kalman Y { get; set; }

    public Kalman Width { get; set; }

    public Kalman Height { get; set; }

    public bool IsConfirmed => Id > 0;

    public Box Box
    {
        get
        {
            var (width, height) = (Math.Max(1, Width.Value), Math.Max(1, Height.Value));
            return new((float)(X.Value - (width / 2)), (float)(Y.Value - (height / 2)), (float)width, (float)height, Score, Class);
        }
    }

    public static Track Begin(Box box, Look? look, DateTimeOffset at)
    {
        double h = box.Height;
        return new()
        {
            Class = box.Class,
            Score = box.Score,
            SeenAt = at,
            SureAt = at,
            IsSeen = true,
            Hits = 1,
            Look = look,
            X = Kalman.Begin(box.X + (box.Width / 2), SeenDeviation * h, FirstVelocity * h),
            Y = Kalman.Begin(box.Y + (box.Height / 2), SeenDeviation * h, FirstVelocity * h),
            Width = Kalman.Begin(box.Width, SeenSizeDeviation * h, FirstSizeVelocity * h),
            Height = Kalman.Begin(box.Height, SeenSizeDeviation * h, FirstSizeVelocity * h),
        };
    }

    public void Predict(double seconds)
    {
        var h = Math.Max(1, Height.Value);
        X = X.Predict(seconds, Acceleration * h);
        Y = Y.Predict(seconds, Acceleration * h);

        // What is hidden does not grow or shrink: only its noise does.
        Width = (IsSeen ? Width : Width with { Velocity = 0 }).Predict(seconds, SizeAcceleration * h);
        Height = (IsSeen ? Height : Height with { Velocity = 0 }).Predict(seconds, SizeAcceleration * h);
    }

    public void See(Box box, Look? look, DateTimeOffset at, bool sure)
    {
        var h = Math.Max(1, Height.Value);
        var factor = sure ? 1 : UnsureFactor;
        X = X.Update(box.X + (box.Width / 2), SeenDeviation * factor * h);
        Y = Y.Update(box.Y + (box.Height / 2), SeenDeviation * factor * h);
        Width = Width.Update(box.Width, SeenSizeDeviation * factor * h);
        Height = Height.Update(box.Height, SeenSizeDeviation * factor * h);
        (Score, SeenAt, IsSeen) = (box.Score, at, true);
        SureAt = sure ? at : SureAt;
        Hits++;

        // A half hidden box shows somebody else as well.
        if (sure && look is not null)
        {
            Look = Look is null || Look.Values.Length != look.Values.Length ? look : Mix(Look, look);
        }
    }

    private static Look Mix(Look old, Look recent)
    {
        var mixed = new float[old.Values.Length];
        for (var i = 0; i < mixed.Length; i++)
        {
            mixed[i] = ((1 - NewLook) * old.Values[i]) + (NewLook * recent.Values[i]);
        }

        return Look.Of(mixed);
    }
}
