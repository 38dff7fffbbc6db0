using BenchmarkDotNet.Running;
using JellyBean.Benchmarks.Clusters;
using JellyBean.Benchmarks.Figures;
using JellyBean.Hosting;

// `figure ID [size]` measures what the project promises; for figures of clusters this binary is also their nodes; anything else goes to BenchmarkDotNet, for work on a hot path.
// As every program does that the host runs.
ProcessMemory.LimitArenas();

return args switch
{
    ["figure", .. var rest] => await FigureCommand.RunAsync(rest),
    [SiteProgram.Word, .. var rest] => await SiteProgram.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(FigureCommand).Assembly).Run(args).Any() ? 0 : 1,
};
