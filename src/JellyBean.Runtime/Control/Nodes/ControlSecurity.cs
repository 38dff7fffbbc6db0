using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using JellyBean.Runtime.Security;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>Makes a control system speak TLS with mutual authentication.</summary>
internal static class ControlSecurity
{
    /// <summary>Adds the certificates to a system's setup; without any, the system speaks plaintext.</summary>
    public static ActorSystemSetup Secured(ActorSystemSetup setup, NodeCertificates? certificates) => certificates is null
        ? setup
        : setup.And(new DotNettySslSetup(
            certificates.Own,
            suppressValidation: false,
            requireMutualAuthentication: true,
            validateCertificateHostname: true,
            (X509Certificate2? certificate, X509Chain? chain, string _, SslPolicyErrors errors, ILoggingAdapter _) => certificates.Validate(null, certificate, chain, errors)));
}
