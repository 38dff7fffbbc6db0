using System.Collections.Immutable;
using System.Globalization;

namespace JellyBean.Planning.Infrastructure;

/// <summary>One machine of the catalogue.</summary>
public sealed record Worker
{
    /// <summary>Its stable name.</summary>
    public required WorkerId Id { get; init; }

    /// <summary>What kind of machine it is.</summary>
    public required WorkerTypeId Type { get; init; }

    /// <summary>The physical machine that it shares with other workers; null where it has one of its own.</summary>
    public HostId? Host { get; init; }

    /// <summary>Several machines of one type, named <c>{name}-1</c> to <c>{name}-{count}</c>; <c>{name}</c> itself where there is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static ImmutableArray<Worker> Several(string name, WorkerTypeId type, int count, HostId? host = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count == 1)
        {
            return [new Worker { Id = new(name), Type = type, Host = host }];
        }

        return [.. Enumerable.Range(1, count).Select(i => new Worker { Id = new(string.Create(CultureInfo.InvariantCulture, $"{name}-{i}")), Type = type, Host = host })];
    }
}
