namespace JellyBean.Runtime;

/// <summary>How a run follows what arrives, without another plan: other variants of its ladder, and less let in where those do not suffice.</summary>
/// <remarks>Only sources that drop under overload are followed, unless <see cref="FollowsPaced"/>: one that waits is late, but loses nothing, and is no reason to give up accuracy.</remarks>
public sealed record AdaptationOptions
{
    /// <summary>How often it is decided, and nodes report.</summary>
    /// <value>100 milliseconds to 10 seconds; 250 milliseconds unless set. Shorter reacts faster and costs more messages.</value>
    public TimeSpan Every { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The time over which rates are measured.</summary>
    /// <value>At least twice <see cref="Every"/>, at most 1 minute; 1 second unless set. Longer is steadier and later.</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long less must arrive before a more accurate variant runs again.</summary>
    /// <value>1 second to 1 hour; 30 seconds unless set. Doubles, up to 16 times as long, whenever a step up did not last ten times as long.</value>
    public TimeSpan CalmFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an element may wait for a model that is always busy before that counts as overload, whatever the plan says of the model.</summary>
    /// <value>10 milliseconds to 1 minute; 250 milliseconds unless set.</value>
    public TimeSpan MostWait { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether variants may change.</summary>
    /// <value>True unless set.</value>
    public bool MaySwap { get; init; } = true;

    /// <summary>Whether sources may let in less than they offer once the fastest variants are too slow; otherwise their overload policies alone decide.</summary>
    /// <value>True unless set.</value>
    public bool MayShed { get; init; } = true;

    /// <summary>Whether sources that wait are followed, too, where they have a pace of their own (a file that is replayed as it was taken) and fall behind it because they are made to wait.</summary>
    /// <value>False unless set: what comes of files is repeatable, and with it would depend on how fast machines were.</value>
    public bool FollowsPaced { get; init; }

    /// <summary>Whether more accurate variants of the plan's ladder come back after a tenth of <see cref="CalmFor"/>, as far as machines can take what arrives, while what is watched of a model has left what it may be; otherwise that is only told.</summary>
    /// <value>False unless set: a number that is not accuracy says that something has changed, not that a larger model does better.</value>
    public bool StepsUpOnDrift { get; init; }

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <returns>The option, what it is, and what it may be.</returns>
    public IEnumerable<(string Option, TimeSpan Found, string Allowed)> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(Every), Every, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)),
            (nameof(Window), Window, 2 * Every, TimeSpan.FromMinutes(1)),
            (nameof(CalmFor), CalmFor, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(MostWait), MostWait, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
        ];
        return ranges.Where(r => r.Value < r.Least || r.Value > r.Most).Select(r => (r.Name, r.Value, $"{r.Least} to {r.Most}"));
    }
}
