using System.Globalization;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>The settings of a control system: what may not be overridden, over what the user overrides, over what suits nodes of one process.</summary>
internal static class ControlSettings
{
    /// <summary>The name of every control system: members of one cluster share it.</summary>
    public const string SystemName = "jellybean";

    /// <summary>The role of nodes that may coordinate.</summary>
    public const string CoordinatorRole = "coordinator";

    // The scheduler wakes at every tick, and a connection that batches at every flush, whether there is something to do or not: this keeps an idle node idle.
    // With Akka's own reuse of addresses, which is SO_REUSEPORT on Linux, a second node on a port would share what comes with the first; a port that was left a moment ago can be had without.
    // Of the sides that the resolver may keep only one can coordinate, so it need not be sure for long. By default it ends every node once reachability has changed for some seconds, as on a busy machine.
    private const string Defaults = """
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.tick-duration = 100ms
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            exit-clr = off
          }
          remote {
            log-remote-lifecycle-events = off
            dot-netty.tcp.maximum-frame-size = 128000b
            dot-netty.tcp.batching.enabled = off
            dot-netty.tcp.tcp-reuse-addr = off
            retry-gate-closed-for = 500ms
          }
          cluster {
            log-info = off
            periodic-tasks-initial-delay = 50ms
            retry-unsuccessful-join-after = 1s
            seed-node-timeout = 3s
            allow-weakly-up-members = off
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            split-brain-resolver { stable-after = 3s, down-all-when-unstable = 60s }
            singleton.hand-over-retry-interval = 200ms
            singleton-proxy {
              singleton-identification-interval = 100ms
              log-singleton-identification-failure = off
            }
          }
        }
        """;

    // Safe control is what everybody who is in the cluster shares, and those who only ask it something.
    private static readonly string Serialization = $$"""
        akka {
          stdout-logger-class = "{{NameOf<SilentLogger>()}}"
          loggers = ["{{NameOf<AkkaLogger>()}}"]
          actor {
            serializers {
              json = "{{NameOf<RefusingSerializer>()}}"
              jellybean-control = "{{NameOf<ControlSerializer>()}}"
            }
            serialization-bindings {
              "{{NameOf<IControlMessage>()}}" = jellybean-control
            }
            serialization-identifiers {
              "{{NameOf<RefusingSerializer>()}}" = 1
              "{{NameOf<ControlSerializer>()}}" = {{ControlSerializer.Id}}
            }
            serialization-settings.allow-unregistered-types = false
          }
        }
        """;

    /// <summary>The settings of a node's control system.</summary>
    /// <exception cref="ArgumentException">The user's settings are not HOCON.</exception>
    public static Config For(NodeDescription node, NodeEnvironment environment)
    {
        var fixedSettings = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              actor.provider = cluster
              {{Listening(environment.Listen, environment.AdvertisedHost, environment.Certificates is not null)}}
              cluster {
                roles = [{{string.Join(", ", node.Roles.Select(r => $"\"{r}\""))}}]
                seed-nodes = []
                {{Resolver(environment.Coordinators)}}
              }
            }
            """));
        return fixedSettings
            .WithFallback(ConfigurationFactory.ParseString(Serialization))
            .WithFallback(Parse(environment.Options.ControlSettings))
            .WithFallback(ConfigurationFactory.ParseString(Defaults))
            .WithFallback(ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
                akka.cluster {
                  failure-detector.acceptable-heartbeat-pause = {{environment.HeartbeatPause.TotalMilliseconds}}ms
                  gossip-interval = {{environment.GossipInterval.TotalMilliseconds}}ms
                  leader-actions-interval = {{environment.GossipInterval.TotalMilliseconds}}ms
                }
                """)))
            .WithFallback(ClusterSingleton.DefaultConfig());
    }

    /// <summary>The settings of a system that asks a cluster something without being in it.</summary>
    public static Config ForClient(NodeAddress listen, bool isSecure) =>
        ConfigurationFactory.ParseString($"akka {{ actor.provider = remote{Environment.NewLine}{Listening(listen, null, isSecure)} }}")
            .WithFallback(ConfigurationFactory.ParseString(Serialization))
            .WithFallback(ConfigurationFactory.ParseString(Defaults));

    private static string Listening(NodeAddress listen, string? advertisedHost, bool isSecure) => string.Create(CultureInfo.InvariantCulture, $$"""
        remote.dot-netty.tcp {
          hostname = "{{listen.Host}}"
          public-hostname = "{{advertisedHost ?? listen.Host}}"
          port = {{listen.Port}}
          enable-ssl = {{(isSecure ? "on" : "off")}}
        }
        """);

    // One coordinator: its side goes on, also alone; keep-majority would down the survivor of two. Several: the side with most of them goes on, which is the side that can write the journal.
    private static string Resolver(int coordinators) => coordinators == 1
        ? $$"""split-brain-resolver { active-strategy = keep-oldest, keep-oldest { down-if-alone = off, role = "{{CoordinatorRole}}" } }"""
        : string.Create(CultureInfo.InvariantCulture, $$"""split-brain-resolver { active-strategy = static-quorum, static-quorum { quorum-size = {{(coordinators / 2) + 1}}, role = "{{CoordinatorRole}}" } }""");

    private static Config Parse(string settings)
    {
        try
        {
            return string.IsNullOrWhiteSpace(settings) ? Config.Empty : ConfigurationFactory.ParseString(settings);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            throw new ArgumentException($"{nameof(LocalClusterOptions.ControlSettings)} is not HOCON: {cause.Message}", cause);
        }
    }

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
