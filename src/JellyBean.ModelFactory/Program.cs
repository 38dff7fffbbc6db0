using JellyBean.ModelFactory.CommandLine;

return await FactoryCommand.Create().Parse(args).InvokeAsync().ConfigureAwait(false);
