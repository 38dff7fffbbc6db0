using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Implementation;
using Akka.Util;

namespace JellyBean.Runtime.Fragments;

/// <summary>Makes materializers of one actor system, each to be shut down with what it has materialized.</summary>
/// <remarks>
/// <c>ActorMaterializer.Create</c> lays the defaults under the system's settings again each time, and all of them stay: some nine kilobytes for each plan that takes another's place, and every later
/// look into the settings goes through all of them. Here it is done once.
/// </remarks>
internal sealed class Materializers
{
    private readonly ActorSystem _system;
    private readonly ActorMaterializerSettings _settings;

    public Materializers(ActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(ActorMaterializer.DefaultConfig());
        _settings = ActorMaterializerSettings.Create(system);
    }

    public ActorMaterializer Create()
    {
        var hasShutDown = new AtomicBoolean();
        var supervisor = _system.ActorOf(StreamSupervisor.Props(_settings, hasShutDown).WithDispatcher(_settings.Dispatcher), StreamSupervisor.NextName());
        return new ActorMaterializerImpl(_system, _settings, _system.Dispatchers, supervisor, hasShutDown, EnumerableActorName.Create("Flow"));
    }
}
