using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>Stands where Akka's JSON serializer stood, which makes any type that the sender names. Akka's own messages have serializers of their own.</summary>
internal sealed class RefusingSerializer : SerializerWithStringManifest
{
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    // The JSON serializer has settings, so Akka calls this one.
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    public override int Identifier => 1;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj.GetType()} is not a control message: only those cross the wire.");

    public override object FromBinary(byte[] bytes, string manifest) =>
        throw new SerializationException("A message of a type that is not a control message came over the wire and was refused.");
}
