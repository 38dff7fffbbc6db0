using System.Text.RegularExpressions;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>Decides about a live camera: how long to wait for a frame, what its silence and its end mean, when to try again. It never gives up. Pure: time and chance are handed in.</summary>
/// <param name="options">How patient it is.</param>
/// <param name="chance">Gives numbers from 0 to below 1, so that cameras that were lost together do not come back together.</param>
internal sealed partial class Supervision(SupervisionOptions options, Func<double> chance)
{
    private TimeSpan? _lastFrame;
    private TimeSpan? _flowingSince;
    private TimeSpan? _interval;
    private int _attempts;

    public SourceCondition Condition { get; private set; } = SourceCondition.Connecting;

    /// <summary>Why frames do not come, or did not the last time.</summary>
    public string? Trouble { get; private set; }

    public long Connects { get; private set; }

    public long Stalls { get; private set; }

    /// <summary>Whether the decoder has given a frame.</summary>
    public bool IsFlowing => _flowingSince is not null;

    /// <summary>How long to wait for the next frame.</summary>
    public TimeSpan Patience => _flowingSince is null ? options.FirstFrame : StallLimit;

    private TimeSpan StallLimit
    {
        get
        {
            if (options.StallAfter is { } limit)
            {
                return limit;
            }

            var usual = (_interval ?? TimeSpan.Zero) * options.StallIntervals;
            return usual < options.LeastStall ? options.LeastStall : usual > options.FirstFrame ? options.FirstFrame : usual;
        }
    }

    /// <summary>A decoder begins.</summary>
    public void Begin()
    {
        Connects++;
        (_flowingSince, _lastFrame) = (null, null);
    }

    /// <summary>A frame has come.</summary>
    public void Frame(TimeSpan now)
    {
        if (_lastFrame is { } last && now > last)
        {
            _interval = _interval is { } usual ? usual + ((now - last - usual) / 8) : now - last;
        }

        (_lastFrame, _flowingSince) = (now, _flowingSince ?? now);
        Condition = SourceCondition.Flowing;

        // One that gives a frame and falls over is not well again.
        if (now - _flowingSince >= options.Steady)
        {
            _attempts = 0;
        }
    }

    /// <summary>No frame has come for <see cref="Patience"/>: the decoder is to be ended.</summary>
    /// <returns>How long to wait before the next one.</returns>
    public TimeSpan Silent(string said)
    {
        var patience = Patience.TotalSeconds.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);
        if (_flowingSince is null)
        {
            return Lost(SourceCondition.Unreachable, $"no frame within {patience} s of connecting; {said}");
        }

        Stalls++;
        return Lost(SourceCondition.Stalled, $"no frame for {patience} s");
    }

    /// <summary>The decoder has ended.</summary>
    /// <param name="said">What it said last, without credentials.</param>
    /// <returns>How long to wait before the next one.</returns>
    public TimeSpan Ended(string said) =>
        IsRefusal(said) ? Lost(SourceCondition.Refused, $"the credentials were refused; {said}")
        : said.Contains("Protocol not found", StringComparison.Ordinal) ? Lost(SourceCondition.Unreachable, $"the installed ffmpeg cannot read such addresses, 'ffmpeg -protocols' lists what it can; {said}")
        : Lost(SourceCondition.Unreachable, _flowingSince is null ? $"it could not be read; {said}" : $"it was lost; {said}");

    /// <summary>Whether a camera says that it wants other credentials, rather than that it cannot be reached.</summary>
    internal static bool IsRefusal(string said) =>
        RefusalCode().IsMatch(said) || said.Contains("unauthorized", StringComparison.OrdinalIgnoreCase) || said.Contains("authorization failed", StringComparison.OrdinalIgnoreCase)
        || said.Contains("forbidden", StringComparison.OrdinalIgnoreCase);

    // As the decoder tells a server's answer; a port, an address or the number of a packet may have the same digits.
    [GeneratedRegex(@"(failed: |error |returned )40[13]\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RefusalCode();

    private TimeSpan Lost(SourceCondition condition, string trouble)
    {
        (Condition, Trouble) = (condition, trouble);
        var most = condition == SourceCondition.Refused ? options.RefusedWait : options.MostWait;
        var wait = condition == SourceCondition.Refused ? most : options.FirstWait * Math.Pow(2, Math.Min(_attempts++, 16));
        return (wait < most ? wait : most) * (1 - (options.Jitter * chance()));
    }
}
