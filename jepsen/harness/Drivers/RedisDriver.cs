using System.Globalization;
using System.Net.Sockets;
using KvProcesses.Clients;

namespace Harness.Drivers;

/// <summary>A Redis primary with replicas, to which it sends its writes after it has acknowledged them, and a watch
/// that promotes a replica which has lost its primary, as Sentinel does: what was acknowledged and not yet sent is
/// lost then.</summary>
/// <param name="spec">What is asked for.</param>
internal sealed class RedisDriver(ClusterSpec spec) : ExternalDriver("redis", spec)
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _stop = new();
    private RedisPool[] _pools = [];
    private Task _watching = Task.CompletedTask;
    private int _primary = 1;
    private long _promotions;

    private int Primary => Volatile.Read(ref _primary);

    /// <inheritdoc/>
    public override async Task SetUpAsync()
    {
        await base.SetUpAsync().ConfigureAwait(false);
        _pools = [.. Nodes.Select(node => new RedisPool(AddressOf(node)))];
        _watching = WatchAsync();
    }

    /// <summary>Sends a command to the primary, as a client does that asks Sentinel where it is.</summary>
    /// <returns>A text or a number; null for nothing.</returns>
    public Task<string?> CallPrimaryAsync(params IReadOnlyList<string> words) =>
        _pools[Primary - 1].CallAsync(words);

    /// <inheritdoc/>
    public override async Task<NodeView?> HealthAsync(int node) =>
        await StateAsync(node).ConfigureAwait(false) is { } state ? new NodeView
        {
            NodeId = node,
            IsLeader = state["role"] == "master" && node == Primary,
            Leader = Primary,
            Term = Interlocked.Read(ref _promotions),
            CommitIndex = Number(state["master_repl_offset"]),
            AppliedIndex = Number(state["master_repl_offset"]),
            LastIndex = Number(state["master_repl_offset"]),
            LogBytes = 0,
            Fault = "",
        }
        : null;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _watching.ConfigureAwait(false);
        }
        finally
        {
            await base.DisposeAsync().ConfigureAwait(false);
        }

        Array.ForEach(_pools, pool => pool.Dispose());
        _stop.Dispose();
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> CommandOf(int node)
    {
        // Every write is flushed before it is acknowledged: nothing but the failover may lose one.
        IEnumerable<string> options =
        [
            "redis-server", "--bind", AddressOf(node).Host, "--port", PortOf(node), "--protected-mode", "no",
            "--dir", DataOf(node), "--save", "''", "--appendonly", "yes", "--appendfsync", "always",
            "--repl-timeout", "2", "--repl-ping-replica-period", "1", "--repl-diskless-sync-delay", "0",
        ];
        return node == Primary ? options : options.Concat(["--replicaof", AddressOf(Primary).Host, PortOf(Primary)]);
    }

    private string PortOf(int node) => AddressOf(node).Port.ToString(CultureInfo.InvariantCulture);

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (int node in Nodes)
            {
                await LookAsync(node).ConfigureAwait(false);
            }

            await Task.Delay(WatchInterval, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Whoever calls itself primary and is not becomes a replica, and drops what it alone has.
    private async Task LookAsync(int node)
    {
        if (await StateAsync(node).ConfigureAwait(false) is not { } state)
        {
            return;
        }

        bool isMaster = state["role"] == "master";
        if (node != Primary && isMaster)
        {
            await TellAsync(node, "REPLICAOF", AddressOf(Primary).Host, PortOf(Primary)).ConfigureAwait(false);
        }
        else if (node != Primary && HasLostItsPrimary(state)
            && await TellAsync(node, "REPLICAOF", "NO", "ONE").ConfigureAwait(false))
        {
            Interlocked.Increment(ref _promotions);
            Volatile.Write(ref _primary, node);
        }
    }

    // Redis takes a link for down after two silent seconds; -1 says that there was none yet.
    private static bool HasLostItsPrimary(SortedDictionary<string, string> state) =>
        state.TryGetValue("master_link_down_since_seconds", out string? down) && Number(down) >= 0;

    private async Task<bool> TellAsync(int node, params IReadOnlyList<string> words)
    {
        try
        {
            await _pools[node - 1].CallAsync(words).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or RedisErrorException)
        {
            // It has gone; the next look finds it as it is then.
            return false;
        }
    }

    private async Task<SortedDictionary<string, string>?> StateAsync(int node)
    {
        try
        {
            string? text = await _pools[node - 1].CallAsync("INFO", "replication").ConfigureAwait(false);
            return new SortedDictionary<string, string>(
                text!.Split("\r\n").Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
                    .ToDictionary(parts => parts[0], parts => parts[1]),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or RedisErrorException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
