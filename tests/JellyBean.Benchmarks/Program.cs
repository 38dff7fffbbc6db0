using BenchmarkDotNet.Running;
using JellyBean.Benchmarks.Figures;

// Two uses: `figure ID [size]` measures what the project promises; anything else goes to BenchmarkDotNet, for work on a hot path.
return args is ["figure", .. var rest]
    ? await FigureCommand.RunAsync(rest)
    : BenchmarkSwitcher.FromAssembly(typeof(FigureCommand).Assembly).Run(args).Any() ? 0 : 1;
