using Replication.Errors;
using Replication.Grpc.Api;
using Replication.Grpc.Api.V1;
using Replication.Grpc.Remote;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Sessions;
using RequestId = Replication.Sessions.RequestId;

namespace Replication.Grpc;

/// <summary>
/// A key-value store of a cluster, reached over the network. Same calls and outcomes as <see cref="KeyValueStore"/>.
/// </summary>
/// <remarks>
/// Callable from any thread. The leader is found and followed. Reads are retried while there is time, writes only if
/// nothing entered
/// any log, or if they carry a request id of a client session: then the retry is executed at most once. A write without
/// one whose answer
/// is lost is Indeterminate. If no node could be reached in time and nothing was sent, a write is Rejected(NoQuorum).
/// Keys and values are not copied: leave them unchanged until the call ends.
/// </remarks>
public sealed class RemoteKeyValueStore
{
    private readonly RemoteCaller _caller;

    internal RemoteKeyValueStore(string name, RemoteCaller caller)
    {
        Name = name;
        _caller = caller;
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name { get; }

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="consistency">How fresh the answer must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>The value and what was served.</returns>
    /// <exception cref="QuorumUnavailableException">No node could serve the read in time. Safe to retry.</exception>
    /// <exception cref="ArgumentException">The key is outside the limits, or there is no such store.</exception>
    public async ValueTask<KeyValueReadResult> GetAsync(
        ReadOnlyMemory<byte> key, ReadConsistency consistency = default, CancellationToken cancellationToken = default)
    {
        GetRequest request =
            new() { Group = Name, Key = ApiConversions.Wrap(key), Level = (Api.V1.ReadLevel)consistency.Level };
        RemoteResult<GetResponse> result = await _caller
            .CallAsync(KeyValueMethods.Get, request, CallKind.Read, static r =>
                r.Header, cancellationToken).ConfigureAwait(false);
        GetResponse response = result.Response ?? throw ReadFailure(result, cancellationToken);
        return new KeyValueReadResult
        {
            Found = response.Found,
            Value = response.Value.Memory,
            Version = new LogIndex(response.Version),
            Level = (Kv.ReadLevel)response.Header.Level,
            AppliedId = response.Header.Applied.ToLogId(),
            Node = new NodeId(response.Header.NodeId),
        };
    }

    /// <summary>Reads the keys of a range in order, all from one state.</summary>
    /// <param name="from">The first key, included; empty for the first of all.</param>
    /// <param name="to">The end, excluded; empty for no end.</param>
    /// <param name="limit">The most keys to return. An answer of more than 3 MiB ends earlier: go on behind its last
    /// key.</param>
    /// <param name="consistency">How fresh the answer must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>The keys with their values, in order of unsigned bytes.</returns>
    /// <exception cref="QuorumUnavailableException">No node could serve the read in time. Safe to retry.</exception>
    /// <exception cref="ArgumentException">A limit is broken, or there is no such store.</exception>
    public async ValueTask<IReadOnlyList<KeyValueItem>> ScanAsync(
        ReadOnlyMemory<byte> from,
        ReadOnlyMemory<byte> to,
        int limit,
        ReadConsistency consistency = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ScanRequest request = new()
        {
            Group = Name,
            From = ApiConversions.Wrap(from),
            To = ApiConversions.Wrap(to),
            Limit = limit,
            Level = (Api.V1.ReadLevel)consistency.Level,
        };
        RemoteResult<ScanResponse> result = await _caller
            .CallAsync(KeyValueMethods.Scan, request, CallKind.Read, static r =>
                r.Header, cancellationToken).ConfigureAwait(false);
        ScanResponse response = result.Response ?? throw ReadFailure(result, cancellationToken);
        return [.. response.Items.Select(i => new KeyValueItem
        {
            Key = i.Key.Memory,
            Value = i.Value.Memory,
            Version = new LogIndex(i.Version),
        })];
    }

    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="request">Makes retries exactly-once; see <see cref="OpenSessionAsync"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the write may be executed nevertheless, and is then
    /// Indeterminate.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, RequestId request = default,
            CancellationToken cancellationToken = default)
    {
        PutRequest message = new()
        {
            Group = Name,
            Key = ApiConversions.Wrap(key),
            Value = ApiConversions.Wrap(value),
            Request = request.ToApi(),
        };
        return WriteAsync(KeyValueMethods.Put, message, request, cancellationToken);
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">Makes retries exactly-once.</param>
    /// <param name="cancellationToken">As for <see cref="PutAsync"/>.</param>
    /// <returns>How it ended; committed also if the key was not there.</returns>
    public ValueTask<KeyValueWriteResult> DeleteAsync(
        ReadOnlyMemory<byte> key, RequestId request = default, CancellationToken cancellationToken = default)
    {
        DeleteRequest message = new() { Group = Name, Key = ApiConversions.Wrap(key), Request = request.ToApi() };
        return WriteAsync(KeyValueMethods.Delete, message, request, cancellationToken);
    }

    /// <summary>
    /// Sets a key if it holds a certain value. Never retried without a request id once it may have entered a log.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The value it must hold; null demands that the key is not there.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="request">Makes retries exactly-once.</param>
    /// <param name="cancellationToken">As for <see cref="PutAsync"/>.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> CompareAndSetAsync(
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> value,
        RequestId request = default,
        CancellationToken cancellationToken = default)
    {
        CompareAndSetRequest message = new()
        {
            Group = Name,
            Key = ApiConversions.Wrap(key),
            Value = ApiConversions.Wrap(value),
            Request = request.ToApi(),
        };
        if (expected is { } demanded)
        {
            message.Expected = ApiConversions.Wrap(demanded);
        }

        return WriteAsync(KeyValueMethods.CompareAndSet, message, request, cancellationToken);
    }

    /// <summary>Adds bytes at the end of a value; an absent key counts as empty.</summary>
    /// <param name="key">The key.</param>
    /// <param name="suffix">The bytes.</param>
    /// <param name="request">Makes retries exactly-once.</param>
    /// <param name="cancellationToken">As for <see cref="PutAsync"/>.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> AppendAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> suffix, RequestId request = default,
            CancellationToken cancellationToken = default)
    {
        AppendRequest message = new()
        {
            Group = Name,
            Key = ApiConversions.Wrap(key),
            Suffix = ApiConversions.Wrap(suffix),
            Request = request.ToApi(),
        };
        return WriteAsync(KeyValueMethods.Append, message, request, cancellationToken);
    }

    /// <summary>Executes a batch as one.</summary>
    /// <param name="batch">The operations and conditions.</param>
    /// <param name="request">Makes retries exactly-once.</param>
    /// <param name="cancellationToken">As for <see cref="PutAsync"/>.</param>
    /// <returns>How it ended, with what its operations saw.</returns>
    public ValueTask<KeyValueWriteResult> WriteAsync(
        KeyValueBatch batch, RequestId request = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        BatchRequest message = new() { Group = Name, Request = request.ToApi() };
        foreach (KeyValueOperation operation in batch.Operations)
        {
            message.Operations.Add(operation.ToApi());
        }

        return WriteAsync(KeyValueMethods.Batch, message, request, cancellationToken);
    }

    /// <summary>
    /// Opens a client session, with whose request ids a write can be retried and is executed once (thesis §6.3).
    /// </summary>
    /// <param name="timeout">After how much log time without a write it expires: 1 s to 365 days, to the millisecond;
    /// null for the node's default.</param>
    /// <param name="cancellationToken">Stops the wait; a session that was opened nevertheless expires by
    /// itself.</param>
    /// <returns>The session.</returns>
    /// <exception cref="QuorumUnavailableException">No node could open it in time. Safe to retry.</exception>
    /// <exception cref="ArgumentException">The timeout is out of its bounds.</exception>
    public async ValueTask<ClientSession> OpenSessionAsync(TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        // On the wire 0 asks for the default; the bounds are the node's to check.
        long milliseconds = (long)(timeout?.TotalMilliseconds ?? 0);
        if (timeout is not null && milliseconds == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A session lives from 1 s to 365 days.");
        }

        OpenSessionRequest request = new() { Group = Name, TimeoutMs = milliseconds };

        // A session that nobody uses expires: opening one twice does no harm.
        RemoteResult<OpenSessionResponse> result = await _caller
            .CallAsync(KeyValueMethods.OpenSession, request, CallKind.Read, static r =>
                r.Header, cancellationToken).ConfigureAwait(false);
        OpenSessionResponse response = result.Response ?? throw ReadFailure(result, cancellationToken);
        return new ClientSession(response.SessionId, TimeSpan.FromMilliseconds(response.TimeoutMs));
    }

    /// <summary>Closes a client session: later writes with its request ids are Rejected(SessionExpired).</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the wait; the session may be closed nevertheless.</param>
    /// <returns>Whether this call closed it; false if it was gone already or nobody can say.</returns>
    /// <exception cref="Errors.QuorumUnavailableException">No node could say in time. Safe to retry.</exception>
    public async ValueTask<bool> CloseSessionAsync(
        ClientSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        CloseSessionRequest request = new() { Group = Name, SessionId = session.Id };

        // Closing one twice does no harm.
        RemoteResult<CloseSessionResponse> result = await _caller
            .CallAsync(KeyValueMethods.CloseSession, request, CallKind.Read, static r => r.Header, cancellationToken)
            .ConfigureAwait(false);
        CloseSessionResponse response = result.Response ?? throw ReadFailure(result, cancellationToken);
        return response.Closed;
    }

    private async ValueTask<KeyValueWriteResult> WriteAsync<TRequest>(
        Wire.Method<TRequest, WriteResponse> method, TRequest message, RequestId request,
            CancellationToken cancellationToken)
    {
        CallKind kind = request.IsNone ? CallKind.Write : CallKind.SessionWrite;
        RemoteResult<WriteResponse> result = await _caller
            .CallAsync(method, message, kind, static r => r.Header, cancellationToken).ConfigureAwait(false);
        return result.Response is { } response
            ? RemoteOutcomes.ToStore(response)
            : RemoteOutcomes.OfFailedWrite(result, Name, cancellationToken);
    }

    private Exception ReadFailure<TResponse>(in RemoteResult<TResponse> result, CancellationToken cancellationToken)
        where TResponse : class => RemoteOutcomes.OfFailedRead(result, Name, cancellationToken);
}
