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

    // Gossip and leader rounds of 100 ms form a cluster on loopback in well under a second; a heartbeat may pause long, for inference may take every core.
    // keep-oldest by the coordinator role: keep-majority downs the survivor of two. Alone it stays up, for there may be just one coordinator.
    private const string Defaults = """
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            exit-clr = off
          }
          remote {
            log-remote-lifecycle-events = off
            dot-netty.tcp.maximum-frame-size = 128000b
            retry-gate-closed-for = 500ms
          }
          cluster {
            log-info = off
            periodic-tasks-initial-delay = 50ms
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            retry-unsuccessful-join-after = 1s
            allow-weakly-up-members = off
            failure-detector.acceptable-heartbeat-pause = 10s
            split-brain-resolver {
              active-strategy = keep-oldest
              stable-after = 5s
              keep-oldest {
                down-if-alone = off
                role = "coordinator"
              }
            }
            singleton.hand-over-retry-interval = 200ms
            singleton-proxy {
              singleton-identification-interval = 100ms
              log-singleton-identification-failure = off
            }
          }
        }
        """;

    /// <summary>The settings of a node's control system.</summary>
    /// <exception cref="ArgumentException">The user's settings are not HOCON.</exception>
    public static Config For(NodeDescription node, LocalClusterOptions options)
    {
        string[] roles = [.. node.Tier is { } tier ? [tier.Name] : Array.Empty<string>(), .. node.IsCoordinator ? [CoordinatorRole] : Array.Empty<string>()];
        var fixedSettings = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              stdout-logger-class = "{{NameOf<SilentLogger>()}}"
              loggers = ["{{NameOf<AkkaLogger>()}}"]
              actor {
                provider = cluster
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
              remote.dot-netty.tcp {
                hostname = "127.0.0.1"
                public-hostname = "127.0.0.1"
                port = 0
              }
              cluster {
                roles = [{{string.Join(", ", roles.Select(r => $"\"{r}\""))}}]
                seed-nodes = []
              }
            }
            """));
        return fixedSettings
            .WithFallback(Parse(options.ControlSettings))
            .WithFallback(ConfigurationFactory.ParseString(Defaults))
            .WithFallback(ClusterSingleton.DefaultConfig());
    }

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
