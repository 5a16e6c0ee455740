using KvNode;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Replication.Errors;
using Replication.Faster;
using Replication.Grpc;
using Replication.Hosting;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using ServiceNode;

NodeOptions options;
try
{
    options = NodeOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

if (options.ExitWithInput)
{
    InputWatch.Start();
}

try
{
    return (int)await RunAsync(options);
}
catch (StorageCorruptedException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return (int)ExitCode.Corrupted;
}

static async Task<ExitCode> RunAsync(NodeOptions options)
{
    using StopSignals signals = new();
    using ILoggerFactory loggers = LoggerFactory.Create(logging => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
    DataDirectory directory = DataDirectory.Open(
        new PhysicalFileSystem(Path.GetFullPath(options.DataDirectory)), options.ClusterId, new(options.NodeId));
    GrpcTransportOptions network = new()
    {
        Listen = options.Listen, AllowPlaintextBeyondLoopback = options.AllowPlaintextBeyondLoopback,
    };
    foreach ((Replication.Raft.Primitives.NodeId peer, Uri address) in options.Peers)
    {
        network.PeerAddresses[peer] = address;
    }

    GrpcTransport transport = new(network, directory, loggers);
    await using ReplicaHost host = await ReplicaHost.StartAsync(
        new ReplicaHostDefinition
        {
            Options = new ReplicaHostOptions
            {
                ClusterId = options.ClusterId,
                NodeId = new(options.NodeId),
                CheckpointLogBytes = options.CheckpointLogBytes,
            },
            Directory = directory,
            Records = new FasterRecordLogFactory(),
            Transport = transport,
            LoggerFactory = loggers,
            ReplicatedLogs = { Groups.Log },
            StateMachines = { [Groups.Stock] = new StockMachine() },
        },
        signals.Requested);
    transport.Serve(host);
    await using WebApplication web = HttpService.Build(host, options.Http);
    await web.StartAsync(signals.Requested);
    ReportLine.Ready(options.NodeId, transport.Address!);
    using CancellationTokenSource ended =
        CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, host.Faulted);
    await Task.Delay(Timeout.Infinite, ended.Token).ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    ReportLine.Stopping(options.NodeId, host.Fault is null ? signals.Name : "fault");
    return host.Fault switch
    {
        null => ExitCode.Stopped,
        StorageCorruptedException => ExitCode.Corrupted,
        StorageFailedException => ExitCode.StorageFailed,
        _ => ExitCode.Unexpected,
    };
}
