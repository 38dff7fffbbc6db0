using BenchmarkDotNet.Running;
using JellyBean.Benchmarks.Clusters;
using JellyBean.Benchmarks.Figures;
using JellyBean.Benchmarks.Figures.Links;
using JellyBean.Hosting;

// `figure ID [size]` measures what the project promises; where that takes other processes, they are this binary, too; anything else goes to BenchmarkDotNet, for work on a hot path.
// As every program does that the host runs.
ProcessMemory.LimitArenas();

return args switch
{
    ["figure", .. var rest] => await FigureCommand.RunAsync(rest),
    [SiteProgram.Word, .. var rest] => await SiteProgram.RunAsync(rest),
    [LinkPeer.Command, .. var rest] => await LinkPeerCommand.RunAsync(rest),
    [StreamRefTraffic.SenderCommand, .. var rest] => await StreamRefTraffic.SendAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(FigureCommand).Assembly).Run(args).Any() ? 0 : 1,
};
