using JellyBean.Hosting;
using Microsoft.Extensions.Hosting;
using PublishedInstance;

var builder = Host.CreateApplicationBuilder();
builder.AddJellyBean(VisualQuestions.Workflow)
    .UseConfiguration("published-instance.conf")
    .UseProfileFile("profile.json")
    .CompareWithPublishedHeuristic(BeamSamples.All)
    .UseSources(VisualQuestions.ReadImage, new Published.Sources<Picture>())
    .UseSources(VisualQuestions.ReadSpeech, new Published.Sources<Speech>())
    .UseSink(VisualQuestions.Answers, _ => new Published.Sink<Answer>("Answer"))
    .CallElements("requests");
return await builder.Build().RunJellyBeanAsync(args);
