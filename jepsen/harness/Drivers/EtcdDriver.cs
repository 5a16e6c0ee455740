using System.Globalization;
using System.Text.Json;
using KvProcesses.Clients;

namespace Harness.Drivers;

/// <summary>An etcd cluster. It knows a peer by one address, so that no proxy fits each way.</summary>
/// <param name="spec">What is asked for.</param>
internal sealed class EtcdDriver(ClusterSpec spec) : ExternalDriver("etcd", spec)
{
    private const int PeerPort = 7100;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <inheritdoc/>
    public override async Task<NodeView?> HealthAsync(int node)
    {
        try
        {
            using StringContent nothing = new("{}");
            using HttpResponseMessage response = await _http
                .PostAsync(new Uri(AddressOf(node), "v3/maintenance/status"), nothing).ConfigureAwait(false);
            using JsonDocument status = JsonDocument.Parse(
                await response.Content.ReadAsStringAsync().ConfigureAwait(false));
            return EtcdStatus.Of(node, status.RootElement);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException
            or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> CommandOf(int node)
    {
        string members = string.Join(',', Nodes.Select(member => $"n{member}={PeerUrlOf(member)}"));
        string clients = AddressOf(node).GetLeftPart(UriPartial.Authority);
        return
        [
            "etcd", "--name", $"n{node}", "--data-dir", DataOf(node), "--initial-cluster", members,
            "--listen-peer-urls", PeerUrlOf(node), "--initial-advertise-peer-urls", PeerUrlOf(node),
            "--listen-client-urls", clients, "--advertise-client-urls", clients,
            "--heartbeat-interval", "50", "--election-timeout", "500",
        ];
    }

    private string PeerUrlOf(int node) => string.Create(
        CultureInfo.InvariantCulture, $"http://{AddressOf(node).Host}:{PeerPort}");
}
