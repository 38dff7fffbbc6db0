using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Sinks;

/// <summary>Posts results to a web server, a batch at a time: a JSON array of <c>{"id":…,"eventTime":…,"value":{…}}</c>.</summary>
/// <remarks>
/// Any answer but 2xx counts as not written, and the batch is sent again; a batch may so arrive twice, with the same ids and the same <c>Idempotency-Key</c>. Sources wait meanwhile, or drop
/// by their policy.
/// </remarks>
/// <typeparam name="T">What a result carries; anything that System.Text.Json writes.</typeparam>
public sealed class WebhookSink<T> : ISink<T>
    where T : notnull
{
    private readonly Uri _address;
    private readonly WebhookSinkOptions _options;
    private readonly HttpClient _client;

    /// <summary>A sink; connects to nothing yet.</summary>
    /// <param name="address">Where to post to: <c>http</c> or <c>https</c>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is of another kind.</exception>
    public WebhookSink(Uri address, WebhookSinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"The webhook's address is '{address}'; allowed: an absolute http or https URI.", nameof(address));
        }

        _address = address;
        _options = options ?? new WebhookSinkOptions();
        _client = new HttpClient { Timeout = _options.Timeout };
    }

    /// <inheritdoc />
    public Delivery Delivery => Delivery.AtLeastOnce;

    /// <inheritdoc />
    public TimeSpan Patience => _options.Patience;

    /// <inheritdoc />
    public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

    /// <inheritdoc />
    public async Task WriteAsync(SinkBatch<T> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Results.Count == 0)
        {
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new StringContent(new JsonArray([.. batch.Results.Select(r => (JsonNode)ResultLine.Of(r))]).ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json")),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{batch.Results[0].Id}+{batch.Results.Count}"));
        foreach (var (name, value) in _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var answer = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw new SinkException($"The webhook {Shown} answered {(int)answer.StatusCode} {answer.ReasonPhrase} to {batch.Results.Count} results; it must answer 2xx.");
            }
        }
        catch (HttpRequestException cause)
        {
            throw new SinkException($"The webhook {Shown} cannot be reached: {cause.Message}", cause);
        }
        catch (TaskCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SinkException($"The webhook {Shown} did not answer within {_options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s.", cause);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    // Without what may be a password or a token.
    private string Shown => _address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
