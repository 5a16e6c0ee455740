using System.Diagnostics;
using KvProcesses.Clients;
using Replication.Load.Etcd.Api;

namespace Replication.Load.Etcd;

/// <summary>One etcd node with durable storage and default timing.</summary>
internal sealed class EtcdProcess(int number, int peerPort, int clientPort, string directory) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);
    private Process? _process;

    public string Name => $"n{number}";

    public string PeerAddress => $"http://127.0.0.1:{peerPort}";

    public Uri ClientAddress { get; } = new($"http://127.0.0.1:{clientPort}");

    public bool IsRunning => _process is { HasExited: false };

    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public void Start(string cluster)
    {
        _process?.Dispose();
        ProcessStartInfo start = new("etcd",
        [
            "--name", Name, "--data-dir", Path.Combine(directory, Name),
            "--listen-peer-urls", PeerAddress, "--initial-advertise-peer-urls", PeerAddress,
            "--listen-client-urls", ClientAddress.GetLeftPart(UriPartial.Authority),
            "--advertise-client-urls", ClientAddress.GetLeftPart(UriPartial.Authority),
            "--initial-cluster", cluster, "--initial-cluster-state", "new", "--logger", "zap", "--log-level", "error",
            "--log-outputs", Path.Combine(directory, Name + ".log"),
        ]);
        _process = Process.Start(start) ?? throw new InvalidOperationException("etcd could not be started.");
    }

    /// <summary>Ends it with SIGKILL and waits until it is gone.</summary>
    public Task KillAsync(TimeSpan patience)
    {
        _process!.Kill();
        return _process.WaitForExitAsync().WaitAsync(patience);
    }

    /// <summary>Asks it what it is; null if it can't be asked.</summary>
    public async Task<StatusResponse?> TryStatusAsync()
    {
        using GrpcUnary grpc = new(ClientAddress, CallTimeout);
        using CancellationTokenSource limit = new(CallTimeout);
        try
        {
            return await grpc.CallAsync("etcdserverpb.Maintenance/Status", new StatusRequest(), StatusResponse.Parser,
                limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (IsRunning)
        {
            _process!.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
    }
}
