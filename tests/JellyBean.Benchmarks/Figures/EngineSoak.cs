namespace JellyBean.Benchmarks.Figures;

internal static class EngineSoak
{
    public static Figure Figure { get; } = new("engine.soak", ["memory-growth"], "at most 0.05", _ => throw new NotSupportedException());
}
