using JellyBean.Hosting;
using JellyBean.Hosting.Sinks;
using MachineAlarms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder();
builder.AddJellyBean(Alarms.Workflow)
    .UseConfiguration("machine-alarms.conf")
    .UseSources(Alarms.Readings, new ReadingsFactory(), option: "--readings")
    .UseSink(Alarms.Raised, services => new SqliteSink<Alarm>(
        Path.Combine(services.GetRequiredService<RunContext>().OutputFolder, "alarms.db"),
        new SqliteSinkOptions { StartsEmpty = true }))
    .CallElements("readings");
return await builder.Build().RunJellyBeanAsync(args);
