using Akka.Actor;
using Akka.Serialization;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>Writes and reads control messages for Akka. Knows a closed list of them: no type is ever named by the sender.</summary>
internal sealed class ControlSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Never changes: Akka sends it with each message.</summary>
    public const int Id = 7411;

    public override int Identifier => Id;

    public override string Manifest(object o) => MessageFormat.ManifestOf(o);

    public override byte[] ToBinary(object obj) => MessageFormat.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => MessageFormat.Read(bytes, manifest);
}
