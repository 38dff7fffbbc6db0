using System.CommandLine;
using JellyBean.ModelFactory.CommandLine;

return await FactoryCommand.RunAsync(args, new InvocationConfiguration()).ConfigureAwait(false);
