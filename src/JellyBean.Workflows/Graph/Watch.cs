namespace JellyBean.Workflows.Graph;

/// <summary>A number that each answer of a model gives, by which its accuracy may be judged where nobody knows the truth.</summary>
public sealed class Watch
{
    internal Watch(string name, Delegate function, Func<object, double> valueOf, double mostDrift, double? reference)
    {
        Name = name;
        Function = function;
        ValueOf = valueOf;
        MostDrift = mostDrift;
        Reference = reference;
    }

    /// <summary>What it is called where it is shown.</summary>
    public string Name { get; }

    /// <summary>How far its mean may be from the reference before that is told.</summary>
    public double MostDrift { get; }

    /// <summary>What its mean should be; null for what it is when a variant begins.</summary>
    public double? Reference { get; }

    /// <summary>The user's function.</summary>
    internal Delegate Function { get; }

    /// <summary>Of an element that the operator gives.</summary>
    internal Func<object, double> ValueOf { get; }
}
