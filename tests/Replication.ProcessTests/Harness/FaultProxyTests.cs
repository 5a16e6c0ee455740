using System.Net;
using System.Net.Sockets;
using Harness.Proxies;
using KvProcesses.Processes;

namespace Replication.ProcessTests.Harness;

public sealed class FaultProxyTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly Link _forward = new();
    private readonly Link _backward = new();
    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    private readonly TcpClient _dialler = new();
    private FaultProxy _proxy = null!;
    private TcpClient? _answerer;

    public async Task InitializeAsync()
    {
        _target.Start();
        int port = FreePorts.Take(1)[0];
        _proxy = new FaultProxy(port, ((IPEndPoint)_target.LocalEndpoint).Port, _forward, _backward);
        await _dialler.ConnectAsync(IPAddress.Loopback, port);
        _answerer = await _target.AcceptTcpClientAsync();
    }

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    public void Dispose()
    {
        _dialler.Dispose();
        _answerer?.Dispose();
        _target.Dispose();
    }

    [Fact]
    public async Task Bytes_pass_both_ways()
    {
        await _dialler.GetStream().WriteAsync("there"u8.ToArray());
        Assert.Equal("there", await ReadAsync(_answerer!, 5));
        await _answerer!.GetStream().WriteAsync("back"u8.ToArray());
        Assert.Equal("back", await ReadAsync(_dialler, 4));
        Assert.Equal(0, _forward.Held + _backward.Held);
    }

    [Fact]
    public async Task A_cut_holds_one_way_and_the_other_goes_on()
    {
        _forward.Cut();
        await _dialler.GetStream().WriteAsync("there"u8.ToArray());
        Task<string> arrives = ReadAsync(_answerer!, 5);
        await _answerer!.GetStream().WriteAsync("back"u8.ToArray());
        Assert.Equal("back", await ReadAsync(_dialler, 4));
        Assert.False(arrives.IsCompleted);

        _forward.Heal();
        Assert.Equal("there", await arrives);
        Assert.Equal(1, _forward.Held);
    }

    [Fact]
    public void Cuts_add_up()
    {
        Link link = new();
        link.Cut();
        link.Cut();
        link.Heal();
        Assert.True(link.IsCut);
        link.Heal();
        link.Heal();
        Assert.False(link.IsCut);
    }

    [Fact]
    public async Task A_delay_counts_as_an_effect()
    {
        _backward.Delay = TimeSpan.FromMilliseconds(30);
        await _answerer!.GetStream().WriteAsync("late"u8.ToArray());
        Assert.Equal("late", await ReadAsync(_dialler, 4));
        Assert.Equal(1, _backward.Held);
    }

    [Fact]
    public async Task The_end_of_a_direction_arrives_after_its_bytes()
    {
        await _dialler.GetStream().WriteAsync("last"u8.ToArray());
        _dialler.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("last", await ReadAsync(_answerer!, 4));
        Assert.Equal(0, await _answerer!.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Soon));
    }

    [Fact]
    public async Task A_broken_connection_is_reset_at_both_ends()
    {
        await _dialler.GetStream().WriteAsync("x"u8.ToArray());
        await ReadAsync(_answerer!, 1);
        Assert.Equal(1, _proxy.Break());
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(_dialler, 1));
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(_answerer!, 1));
    }

    [Fact]
    public async Task Who_dials_a_dead_node_is_reset()
    {
        int port = FreePorts.Take(1)[0];
        int nobody = FreePorts.Take(1)[0];
        await using FaultProxy proxy = new(port, nobody, _forward, _backward);
        using TcpClient dialler = new();

        // The reset may come before the dialler knows that it is connected.
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            await dialler.ConnectAsync(IPAddress.Loopback, port);
            await ReadAsync(dialler, 1);
        });
        Assert.True(error is IOException or SocketException, $"{error}");
    }

    private static async Task<string> ReadAsync(TcpClient client, int count)
    {
        byte[] buffer = new byte[count];
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(Soon);
        return System.Text.Encoding.ASCII.GetString(buffer);
    }
}
