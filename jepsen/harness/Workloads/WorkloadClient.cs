using System.Net.Sockets;
using Harness.Drivers;
using Harness.Histories;
using KvProcesses.Workloads;
using Replication.Errors;
using Replication.Grpc;
using Replication.Kv;
using Replication.Primitives;
using Replication.Sessions;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>A client with one operation under way at most. After an operation whose outcome nobody knows it goes on as
/// another process, since that operation may still be under way.</summary>
internal sealed class WorkloadClient : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);
    private readonly ReplicationClient _client;
    private readonly Recorder _recorder;
    private readonly int _processStride;
    private ClientSession? _session;

    /// <summary>Creates a client; nothing is dialled yet.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="clients">How many there are.</param>
    /// <param name="targets">The nodes that it knows.</param>
    /// <param name="recorder">Where its operations go.</param>
    /// <param name="random">Its own.</param>
    public WorkloadClient(int number, int clients, ClientTargets targets, Recorder recorder, SplitMix64 random)
    {
        Process = number;
        Targets = targets;
        _processStride = clients;
        _recorder = recorder;
        Random = random;
        ReplicationClientOptions options = new()
        {
            CallTimeout = CallTimeout, AttemptTimeout = AttemptTimeout, AllowPlaintextBeyondLoopback = true,
        };
        foreach (Uri endpoint in targets.Grpc)
        {
            options.Endpoints.Add(endpoint);
        }

        _client = new ReplicationClient(options);
        Store = _client.KeyValueStore(targets.Driver.Program.Group);
        Service = new ServiceClient(targets.Http, number % Math.Max(1, targets.Nodes.Count), CallTimeout);
    }

    /// <summary>Gets the process that its operations are of.</summary>
    public long Process { get; private set; }

    /// <summary>Gets the nodes that it knows.</summary>
    public ClientTargets Targets { get; }

    public RemoteKeyValueStore Store { get; }

    /// <summary>Gets the calls over HTTP, where the nodes serve them.</summary>
    public ServiceClient Service { get; }

    /// <summary>Gets how many operations did not succeed.</summary>
    public long Unsuccessful { get; private set; }

    /// <summary>Gets or sets up to where it has read a log.</summary>
    public long Cursor { get; set; }

    public SplitMix64 Random { get; }

    /// <summary>Gets the client's session with the store; the first call opens it.</summary>
    public async Task<ClientSession> SessionAsync(CancellationToken cancellationToken) =>
        _session ??= await Store.OpenSessionAsync(cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <summary>Takes down a read: if it fails, it did nothing.</summary>
    /// <param name="f">The name of the operation.</param>
    /// <param name="key">The key.</param>
    /// <param name="read">Reads.</param>
    /// <param name="argument">What is asked.</param>
    public async Task ReadAsync(string f, HistoryValue key, Func<Task<Answer>> read, HistoryValue argument = default)
    {
        HistoryEvent invoked = Invoke(f, key, argument);
        try
        {
            Answer answer = await read().ConfigureAwait(false);
            _recorder.Add(invoked with { Type = HistoryEventType.Ok, Value = answer.Value, Node = answer.Node });
        }
        catch (Exception error) when (IsOfStore(error))
        {
            Unsuccessful++;
            _recorder.Add(invoked with { Type = HistoryEventType.Fail, Error = ShortOf(error) });
        }
    }

    /// <summary>Takes down a write to the store.</summary>
    /// <param name="f">The name of the operation.</param>
    /// <param name="key">The key.</param>
    /// <param name="argument">What is asked.</param>
    /// <param name="write">Writes.</param>
    /// <param name="valueOf">The result in the history if it was executed.</param>
    public Task WriteAsync(
        string f, HistoryValue key, HistoryValue argument, Func<ValueTask<KeyValueWriteResult>> write,
        Func<KeyValueWriteResult, HistoryValue> valueOf) =>
        WriteAsync(f, key, argument, async () => Receipt.Of(await write().ConfigureAwait(false), valueOf));

    /// <summary>Takes down a write.</summary>
    /// <param name="f">The name of the operation.</param>
    /// <param name="key">The key.</param>
    /// <param name="argument">What is asked.</param>
    /// <param name="write">Writes.</param>
    public async Task WriteAsync(string f, HistoryValue key, HistoryValue argument, Func<Task<Receipt>> write)
    {
        HistoryEvent invoked = Invoke(f, key, argument);
        try
        {
            Receipt receipt = await write().ConfigureAwait(false);
            switch (receipt.Outcome)
            {
                case WriteOutcome.Committed or WriteOutcome.ConditionFailed:
                    _recorder.Add(invoked with
                    {
                        Type = HistoryEventType.Ok, Value = receipt.Value, Position = receipt.Position,
                    });
                    break;
                case WriteOutcome.Rejected:
                    Unsuccessful++;
                    _recorder.Add(invoked with { Type = HistoryEventType.Fail, Error = receipt.Reason });
                    break;
                default:
                    Crash(invoked, "indeterminate");
                    break;
            }
        }
        catch (Exception error) when (IsOfStore(error))
        {
            Crash(invoked, ShortOf(error));
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        Service.Dispose();
    }

    private HistoryEvent Invoke(string f, HistoryValue key, HistoryValue argument)
    {
        HistoryEvent invoked = new()
        {
            Type = HistoryEventType.Invoke, Process = Process, F = f, Key = key, Value = argument,
        };
        _recorder.Add(invoked);
        return invoked;
    }

    private void Crash(HistoryEvent invoked, string why)
    {
        Unsuccessful++;
        _recorder.Add(invoked with { Type = HistoryEventType.Info, Error = why });
        Process += _processStride;
    }

    private static bool IsOfStore(Exception error) =>
        error is ReplicationException or OperationCanceledException or TimeoutException or HttpRequestException
            or IOException or SocketException or RedisErrorException;

    private static string ShortOf(Exception error) => $"{error.GetType().Name}: {error.Message}";
}
