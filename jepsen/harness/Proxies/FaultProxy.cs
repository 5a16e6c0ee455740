using System.Net;
using System.Net.Sockets;

namespace Harness.Proxies;

/// <summary>Listens in the place of a node, for one of those that dial it.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HashSet<ProxiedConnection> _connections = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Link _forward;
    private readonly Link _backward;
    private readonly int _target;
    private readonly Task _accepting;

    /// <summary>Listens on loopback.</summary>
    /// <param name="port">Where.</param>
    /// <param name="target">The port of the node, on loopback.</param>
    /// <param name="forward">From who dials to the node.</param>
    /// <param name="backward">From the node to who dials.</param>
    public FaultProxy(int port, int target, Link forward, Link backward)
    {
        _target = target;
        _forward = forward;
        _backward = backward;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    /// <summary>Breaks all connections; new ones are taken.</summary>
    /// <returns>How many there were.</returns>
    public int Break()
    {
        List<ProxiedConnection> broken;
        lock (_connections)
        {
            broken = [.. _connections];
        }

        broken.ForEach(connection => connection.Break());
        return broken.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        Break();
        await _accepting.ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> carried = [];
        try
        {
            while (true)
            {
                Socket dialler = await _listener.AcceptAsync(_ended.Token).ConfigureAwait(false);
                carried.RemoveAll(task => task.IsCompleted);
                carried.Add(CarryAsync(dialler));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(carried).ConfigureAwait(false);
        }
    }

    private async Task CarryAsync(Socket dialler)
    {
        Socket target = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A handshake needs both ways.
            await _forward.PassAsync(_ended.Token).ConfigureAwait(false);
            await _backward.PassAsync(_ended.Token).ConfigureAwait(false);
            await target.ConnectAsync(IPAddress.Loopback, _target, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // Nobody listens there: the machine of a dead node answers with a reset.
            dialler.LingerState = new LingerOption(true, 0);
            dialler.Dispose();
            target.Dispose();
            return;
        }

        using ProxiedConnection connection = new(dialler, target);
        lock (_connections)
        {
            _connections.Add(connection);
        }

        await connection.RunAsync(_forward, _backward).ConfigureAwait(false);
        lock (_connections)
        {
            _connections.Remove(connection);
        }
    }
}
