using BenchmarkDotNet.Running;
using JellyBean.Benchmarks.Figures;
using JellyBean.Hosting;

// Two uses: `figure ID [size]` measures what the project promises; anything else goes to BenchmarkDotNet, for work on a hot path.
// As every program does that the host runs.
ProcessMemory.LimitArenas();

return args is ["figure", .. var rest]
    ? await FigureCommand.RunAsync(rest)
    : BenchmarkSwitcher.FromAssembly(typeof(FigureCommand).Assembly).Run(args).Any() ? 0 : 1;
