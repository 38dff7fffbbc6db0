using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;
using Microsoft.AspNetCore.Http;

namespace JellyBean.Hosting.Control;

/// <summary>Answers requests that were let in: the methods of <see cref="IWorkflowControl"/>, one path each.</summary>
internal sealed class ControlRequests(Func<ControlPoint?> point)
{
    private const string Prefix = "/v1/";
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, Func<CommandDocument, (string[] Needs, Func<IWorkflowControl, CommandOptions, CancellationToken, Task<CommandOutcome>> Act)>> Commands = new(StringComparer.Ordinal)
    {
        ["replan"] = _ => ([], (control, options, token) => control.ReplanAsync(options, token)),
        ["pin"] = d => (["operator", "tier"], (control, options, token) => control.PinAsync(new OperatorId(d.Operator!), new Tier(d.Tier!), options, token)),
        ["unpin"] = d => (["operator"], (control, options, token) => control.UnpinAsync(new OperatorId(d.Operator!), options, token)),
        ["swap"] = d => (["operator", "variant"], (control, options, token) => control.SwapAsync(new OperatorId(d.Operator!), d.Variant!, options, token)),
        ["drain"] = d => (["node"], (control, options, token) => control.DrainAsync(new WorkerId(d.Node!), options, token)),
        ["pause"] = d => (["source"], (control, options, token) => control.PauseAsync(new SourceId(d.Source!), options, token)),
        ["resume"] = d => (["source"], (control, options, token) => control.ResumeAsync(new SourceId(d.Source!), options, token)),
        ["add"] = d => (["source"], (control, options, token) => control.AddAsync(new SourceId(d.Source!), d.Settings ?? new Dictionary<string, string>(), options, token)),
        ["remove"] = d => (["source"], (control, options, token) => control.RemoveAsync(new SourceId(d.Source!), options, token)),
        ["upgrade"] = d => ([], (control, options, token) => control.UpgradeAsync(d.From, options, token)),
        ["return"] = d => (["node"], (control, options, token) => control.ReturnAsync(new WorkerId(d.Node!), options, token)),
    };

    private static readonly string[] Questions = ["status", "history", "workflows"];
    private static readonly string[] Runs = ["start", "stop"];
    private static readonly string[] Paths = [.. Questions.Select(q => $"GET /v1/{q}"), .. Commands.Keys.Concat(Runs).Select(c => $"POST /v1/{c}")];

    public async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        var name = path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : "";
        var isQuestion = Questions.Contains(name);
        if (!isQuestion && !Commands.ContainsKey(name) && !Runs.Contains(name))
        {
            await ProblemAsync(http, StatusCodes.Status404NotFound, "There is nothing here.", $"Allowed: {string.Join(", ", Paths)}.", Paths).ConfigureAwait(false);
            return;
        }

        var method = isQuestion ? HttpMethods.Get : HttpMethods.Post;
        if (http.Request.Method != method)
        {
            http.Response.Headers.Allow = method;
            await ProblemAsync(http, StatusCodes.Status405MethodNotAllowed, "The method is not allowed.", $"{path} takes {method}.").ConfigureAwait(false);
            return;
        }

        try
        {
            if (point() is not { } here)
            {
                await UnavailableAsync(http, "The node has not started yet.", null).ConfigureAwait(false);
            }
            else if (!here.Leads())
            {
                await ElsewhereAsync(http, here.Control).ConfigureAwait(false);
            }
            else if (name == "workflows")
            {
                await WriteAsync(http, WorkflowsDocument.Of(await here.Control.WorkflowsAsync(StatusPatience, http.RequestAborted).ConfigureAwait(false)), ControlJson.Default.WorkflowsDocument).ConfigureAwait(false);
            }
            else if (name == "status")
            {
                await WriteAsync(http, StatusDocument.Of(await About(http, here.Control).StatusAsync(StatusPatience, http.RequestAborted).ConfigureAwait(false)), ControlJson.Default.StatusDocument).ConfigureAwait(false);
            }
            else if (name == "history")
            {
                await WriteAsync(http, HistoryDocument.Of(await About(http, here.Control).HistoryAsync(StatusPatience, http.RequestAborted).ConfigureAwait(false)), ControlJson.Default.HistoryDocument).ConfigureAwait(false);
            }
            else
            {
                await CommandAsync(http, name, here.Control).ConfigureAwait(false);
            }
        }
        catch (BadHttpRequestException cause)
        {
            await ProblemAsync(http, cause.StatusCode, "The request is not taken.", cause.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (RunException cause) when (cause.IsRefusal)
        {
            await ProblemAsync(http, StatusCodes.Status422UnprocessableEntity, "It is not done.", cause.Message).ConfigureAwait(false);
        }
        catch (RunException cause)
        {
            await ProblemAsync(http, StatusCodes.Status504GatewayTimeout, "It was not answered in time.", cause.Message).ConfigureAwait(false);
        }
    }

    public static Task ProblemAsync(HttpContext http, int status, string title, string detail, IReadOnlyList<string>? allowed = null, string? leader = null)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, new ProblemDocument("about:blank", title, status, detail, allowed, leader), ControlJson.Default.ProblemDocument, "application/problem+json");
    }

    private static IWorkflowControl About(HttpContext http, IWorkflowControl control) => Of(control, http.Request.Query["workflow"].ToString());

    private static IWorkflowControl Of(IWorkflowControl control, string? workflow) => string.IsNullOrWhiteSpace(workflow) ? control : control.Of(workflow);

    private static async Task CommandAsync(HttpContext http, string name, IWorkflowControl control)
    {
        CommandDocument? asked;
        try
        {
            asked = http.Request.ContentLength == 0 || (http.Request.ContentLength is null && !http.Request.Headers.ContainsKey("Transfer-Encoding"))
                ? new CommandDocument()
                : await JsonSerializer.DeserializeAsync(http.Request.Body, ControlJson.Default.CommandDocument, http.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException cause)
        {
            await ProblemAsync(http, StatusCodes.Status400BadRequest, "The body is no command.", $"{cause.Message} Allowed: a JSON object with operator, tier, node, variant, source, settings, workflow, from, dryRun, deadlineSeconds, as the command needs.").ConfigureAwait(false);
            return;
        }

        asked ??= new CommandDocument();
        control = Of(control, asked.Workflow);
        var (needs, act) = Commands.TryGetValue(name, out var command) ? command(asked) : ([], null);
        var given = new Dictionary<string, string?> { ["operator"] = asked.Operator, ["tier"] = asked.Tier, ["node"] = asked.Node, ["variant"] = asked.Variant, ["source"] = asked.Source };
        var wrong = given.Where(g => string.IsNullOrWhiteSpace(g.Value) == needs.Contains(g.Key) && (g.Value is not null || needs.Contains(g.Key))).Select(g => g.Key).ToList();
        if (asked.Settings is not null && name != "add")
        {
            wrong.Add("settings");
        }

        if (asked.From is not null && name != "upgrade")
        {
            wrong.Add("from");
        }

        var id = http.Request.Headers["Idempotency-Key"].ToString();
        var deadline = asked.DeadlineSeconds ?? new CommandOptions().Deadline.TotalSeconds;
        if (wrong.Count > 0 || id.Length > 64 || !(deadline > 0 && deadline <= MostPatience.TotalSeconds))
        {
            await ProblemAsync(
                http,
                StatusCodes.Status400BadRequest,
                "The command cannot be understood.",
                $"'{name}' takes {(needs.Length == 0 ? "no names" : string.Join(" and ", needs))}{(wrong.Count > 0 ? $"; {string.Join(", ", wrong)} {(wrong.Count == 1 ? "is" : "are")} missing or not needed" : "")}. deadlineSeconds is above 0 and at most {MostPatience.TotalSeconds}, an Idempotency-Key has at most 64 characters.",
                needs).ConfigureAwait(false);
            return;
        }

        var options = new CommandOptions { IsDryRun = asked.DryRun, Deadline = TimeSpan.FromSeconds(deadline), Id = id.Length == 0 ? null : id };
        if (act is null)
        {
            var status = await (name == "start" ? control.StartAsync(options.Deadline, http.RequestAborted) : control.StopAsync(options.Deadline, http.RequestAborted)).ConfigureAwait(false);
            await WriteAsync(http, StatusDocument.Of(status), ControlJson.Default.StatusDocument).ConfigureAwait(false);
            return;
        }

        var outcome = await act(control, options, http.RequestAborted).ConfigureAwait(false);
        http.Response.StatusCode = outcome.Status switch
        {
            CommandStatus.Refused => StatusCodes.Status422UnprocessableEntity,
            CommandStatus.NoPlan or CommandStatus.NotPossible => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status200OK,
        };
        if (http.Response.StatusCode == StatusCodes.Status200OK)
        {
            await WriteAsync(http, OutcomeDocument.Of(outcome), ControlJson.Default.OutcomeDocument).ConfigureAwait(false);
        }
        else
        {
            await ProblemAsync(http, http.Response.StatusCode, $"'{outcome.Command}' is not done.", outcome.Message, outcome.Allowed.IsEmpty ? null : outcome.Allowed).ConfigureAwait(false);
        }
    }

    /// <summary>Another node coordinates: the request is sent there, or told where that is.</summary>
    private static async Task ElsewhereAsync(HttpContext http, IWorkflowControl control)
    {
        ClusterStatus status;
        try
        {
            status = await control.StatusAsync(LeaderPatience, http.RequestAborted).ConfigureAwait(false);
        }
        catch (RunException cause)
        {
            await UnavailableAsync(http, $"No node coordinates at the moment. {cause.Message}", null).ConfigureAwait(false);
            return;
        }

        var leader = status.Coordinator.Value;
        if (status.Members.FirstOrDefault(m => m.Node.Worker == status.Coordinator)?.Node.ControlUrl is not { } url)
        {
            await UnavailableAsync(http, $"Node '{leader}' coordinates, and serves no HTTP. Ask it by the command line, or give it jellybean.control.http.", leader).ConfigureAwait(false);
            return;
        }

        http.Response.Headers.Location = url + http.Request.Path;
        await ProblemAsync(http, StatusCodes.Status307TemporaryRedirect, "Another node coordinates.", $"Node '{leader}' coordinates. Ask it at {url}.", leader: leader).ConfigureAwait(false);
    }

    private static Task UnavailableAsync(HttpContext http, string why, string? leader)
    {
        http.Response.Headers.RetryAfter = "2";
        return ProblemAsync(http, StatusCodes.Status503ServiceUnavailable, "This node does not coordinate.", why, leader: leader);
    }

    private static async Task WriteAsync<T>(HttpContext http, T document, JsonTypeInfo<T> type, string content = "application/json")
    {
        http.Response.ContentType = content;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(document, type), http.RequestAborted).ConfigureAwait(false);
    }
}
