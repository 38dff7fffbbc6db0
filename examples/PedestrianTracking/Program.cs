using JellyBean.Hosting;
using JellyBean.Hosting.Sinks;
using JellyBean.ModelFactory;
using JellyBean.Onnx;
using JellyBean.Vision.Cameras;
using JellyBean.Vision.Payloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PedestrianTracking;
using PedestrianTracking.Pictures;
using PedestrianTracking.Truths;

var cameras = new RememberedCameras(new CameraFactory());
var truth = new TrackingTruth(cameras.ViewOf);
using var models = new PublishedModels(Tracking.Detector.Variants.Select(variant => variant.Name));

var builder = Host.CreateApplicationBuilder();
builder.AddJellyBean(Tracking.Workflow)
    .UseConfiguration("tracking.conf")
    .UseSources(Tracking.Cameras, cameras, option: "--camera")
    .UseSink(Tracking.Tracks, services => new SqliteSink<PersonSeen>(
        TracksFile.PathIn(services.GetRequiredService<RunContext>().OutputFolder),
        new SqliteSinkOptions { Table = TracksFile.Table, StartsEmpty = true }))
    .UseSink(Tracking.Identities, services => new SqliteSink<SamePerson>(
        TracksFile.PathIn(services.GetRequiredService<RunContext>().OutputFolder),
        new SqliteSinkOptions { Table = TracksFile.IdentitiesTable, StartsEmpty = true }))
    .UseTruth(Tracking.Tracks, truth)
    .UseTruth(Tracking.Identities, truth)
    .UseModels(models)
    .UseDevices(new OnnxDevices())
    .UseCodec(new FrameCodec())
    .UseCodec(new CropCodec())
    .UseAccuracies("accuracies.json")
    .CallElements("frames")
    .DrawFrontsWith(FrontPicture.DrawAsync)
    .OnCompleted((summary, _, cancellationToken) => new RunPictures(cameras).DrawAsync(summary, cancellationToken));
return await builder.Build().RunJellyBeanAsync(args);
