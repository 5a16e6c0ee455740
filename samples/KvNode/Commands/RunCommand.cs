using System.Net;
using KvNode.Settings;
using Microsoft.Extensions.Logging;
using Replication.Faster;
using Replication.Grpc;
using Replication.Hosting;
using Replication.Storage.Files;
using Replication.Storage.Identity;

namespace KvNode.Commands;

/// <summary>Runs the node until it is asked to stop or a disk error stops it.</summary>
internal static partial class RunCommand
{
    /// <summary>How long a stop may take, from the signal to the end of the process.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    public static async Task<ExitCode> ExecuteAsync(NodeSettings settings)
    {
        RequiredSettings.Check(settings);
        Tls.Load(settings, TimeProvider.System);
        if (settings.ExitWithInput)
        {
            InputWatch.Start();
        }

        using StopSignals signals = new();
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(settings.LogLevel)
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        ReplicaHost host = await StartAsync(settings, loggers, signals.Requested);
        return await RunAsync(host, settings, signals, loggers.CreateLogger("KvNode"));
    }

    private static async Task<ReplicaHost> StartAsync(
        NodeSettings settings, ILoggerFactory loggers, CancellationToken stop)
    {
        string path = Path.GetFullPath(settings.DataDirectory);
        if (!Directory.Exists(path))
        {
            throw new NodeException(ExitCode.BadDirectory, $"--data-directory {path} does not exist: it was never "
                + $"initialized. Check the path; if the node is new: kvnode init.");
        }

        DataDirectory directory =
            DataDirectory.Open(new PhysicalFileSystem(path), settings.Host.ClusterId, settings.Host.NodeId);
        GrpcTransport transport;
        try
        {
            settings.Network.Listen = settings.Listen ?? ListenAddress.Of(directory, settings.Host.NodeId);
            transport = CreateTransport(settings, directory, loggers);
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        ReplicaHost host = await StartHostAsync(settings, directory, transport, loggers, stop);
        transport.Serve(host);
        ReportLine.Ready(settings.Host.NodeId.Value, transport.Address!);
        return host;
    }

    private static GrpcTransport CreateTransport(NodeSettings settings, DataDirectory directory, ILoggerFactory loggers)
    {
        try
        {
            return new GrpcTransport(settings.Network, directory, loggers);
        }
        catch (ArgumentException e)
        {
            bool isCertificate =
                e.Message.StartsWith(nameof(GrpcTransportOptions.Certificate), StringComparison.Ordinal);
            throw new NodeException(isCertificate ? ExitCode.BadCertificate : ExitCode.BadSetting, e.Message, e);
        }
    }

    private static async Task<ReplicaHost> StartHostAsync(
        NodeSettings settings, DataDirectory directory, GrpcTransport transport, ILoggerFactory loggers,
            CancellationToken stop)
    {
        ReplicaHostDefinition definition = new()
        {
            Options = settings.Host,
            Directory = directory,
            Records = new FasterRecordLogFactory(),
            Transport = transport,
            LoggerFactory = loggers,
        };
        foreach (string store in settings.Stores)
        {
            definition.KeyValueStores.Add(store);
        }

        try
        {
            return await ReplicaHost.StartAsync(definition, stop);
        }
        catch (IOException e)
        {
            IPEndPoint listen = settings.Network.Listen;
            throw new NodeException(ExitCode.BadAddress, $"{listen} can't be listened on: {e.Message}", e);
        }
    }

    private static async Task<ExitCode> RunAsync(
        ReplicaHost host, NodeSettings settings, StopSignals signals, ILogger logger)
    {
        using CancellationTokenSource ended =
            CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, host.Faulted);
        await UntilAsync(ended.Token);
        if (host.Fault is { } fault)
        {
            LogFault(logger, fault);
        }
        else
        {
            ReportLine.Stopping(settings.Host.NodeId.Value, signals.Name);
        }

        try
        {
            await host.DisposeAsync().AsTask().WaitAsync(StopTimeout - TimeSpan.FromMilliseconds(500));
        }
        catch (TimeoutException)
        {
            throw new NodeException(ExitCode.StopTimedOut,
                $"The node did not stop within {StopTimeout.TotalSeconds} s after {signals.Name}.");
        }

        if (host.Fault is { } late)
        {
            (ExitCode code, string message) = Program.Explain(late);
            throw new NodeException(code == ExitCode.Corrupted ? code : ExitCode.StorageFailed, message, late);
        }

        ReportLine.Stopped(settings.Host.NodeId.Value);
        return ExitCode.Stopped;
    }

    private static async Task UntilAsync(CancellationToken token)
    {
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (token.UnsafeRegister(static f => ((TaskCompletionSource)f!).TrySetResult(), fired))
        {
            await fired.Task;
        }
    }

    [LoggerMessage(1, LogLevel.Critical, "This node stops for good.")]
    private static partial void LogFault(ILogger logger, Exception error);
}
