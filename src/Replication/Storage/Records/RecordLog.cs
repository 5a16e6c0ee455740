using System.Buffers;
using Replication.Errors;

namespace Replication.Storage.Records;

/// <summary>
/// What the record logs have in common: all but how records are buffered on their way to the segments.
/// </summary>
internal abstract class RecordLog : IRecordLog
{
    private readonly LogStateFile _state;
    private Exception? _fault;
    private bool _disposed;
    private long _beginAddress;
    private long _durableAddress;

    protected RecordLog(RecordLogOpening opening, RecordLogOptions options)
    {
        Segments = opening.Segments;
        _state = opening.State;
        Appender = new RecordAppender(opening, options);
        _beginAddress = _state.State.BeginAddress;
        _durableAddress = Appender.DurableAddress;
    }

    public long BeginAddress => Volatile.Read(ref _beginAddress);

    public long TailAddress => Appender.TailAddress;

    public long DurableAddress => Volatile.Read(ref _durableAddress);

    protected SegmentFiles Segments { get; }

    protected RecordAppender Appender { get; }

    public long Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        ThrowIfUnusable();
        RecordFrame? filler = Appender.PageFiller(head.Length + body.Length);
        try
        {
            if (filler is { } pageFiller)
            {
                AppendFrame(pageFiller, default, default);
            }

            long address = TailAddress;
            AppendFrame(Appender.Data(head.Length + body.Length), head, body);
            return address;
        }
        catch (Exception exception)
        {
            throw Faulted(exception);
        }
    }

    public void Flush()
    {
        ThrowIfUnusable();
        if (TailAddress == DurableAddress)
        {
            return;
        }

        try
        {
            if (Appender.SectorFiller() is { } filler)
            {
                AppendFrame(filler, default, default);
            }

            WriteOut();
            Segments.Sync();
            Appender.DurableAddress = TailAddress;
            Volatile.Write(ref _durableAddress, TailAddress);
        }
        catch (Exception exception)
        {
            throw Faulted(exception);
        }
    }

    public void TruncatePrefix(long address)
    {
        ThrowIfUnusable();
        if (address > DurableAddress)
        {
            throw new ArgumentOutOfRangeException(
                nameof(address), address, $"Only durable records can be given up: those below {DurableAddress}.");
        }

        if (address <= BeginAddress)
        {
            return;
        }

        Volatile.Write(ref _beginAddress, address);
        RecordGeometry geometry = Segments.Geometry;
        long firstKept = geometry.SegmentOf(address);
        if (Segments.Segments.Count == 0 || Segments.Segments[0] >= firstKept)
        {
            return;
        }

        try
        {
            // The begin is durable before a file leaves, and so is the warning that later files hold old bytes.
            long tail = geometry.SegmentOf(TailAddress);
            long nextSpare = Math.Max(Segments.Segments[^1], tail) + 1;
            _state.Write(_state.State with
            {
                BeginAddress = address,
                DurableAddress = DurableAddress,
                RecycledFrom = Math.Min(_state.State.RecycledFrom, nextSpare),
            });
            Segments.Recycle(firstKept, tail);
        }
        catch (Exception exception)
        {
            throw Faulted(exception);
        }
    }

    public void WriteHint()
    {
        ThrowIfUnusable();
        if (_state.State.DurableAddress == DurableAddress)
        {
            return;
        }

        try
        {
            _state.Write(_state.State with { BeginAddress = BeginAddress, DurableAddress = DurableAddress });
        }
        catch (Exception exception)
        {
            throw Faulted(exception);
        }
    }

    public void Read(long address, Span<byte> destination)
    {
        if (_fault is { } fault)
        {
            throw Again(fault);
        }

        if (address < BeginAddress || address + RecordFrame.HeaderBytes + destination.Length > DurableAddress)
        {
            throw new ArgumentOutOfRangeException(
                nameof(address), address, $"Not a durable record of {destination.Length} bytes: the log holds "
                    + $"addresses {BeginAddress} to {DurableAddress}.");
        }

        int length = RecordFrame.SizeOf(destination.Length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int read = Segments.Read(address, buffer.AsSpan(0, length));
            if (!RecordFrame.TryReadData(buffer.AsSpan(0, read), address, destination))
            {
                throw Segments.Corrupted(
                    address, $"the record of {destination.Length} bytes that was durable at address {address} doesn't "
                        + $"fit its checksum. {StorageCorruptedException.WhatToDo}");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        try
        {
            if (_fault is null)
            {
                Flush();
                _state.WriteBoth(
                    _state.State with { BeginAddress = BeginAddress, DurableAddress = DurableAddress, IsClean = true });
            }
        }
        catch (StorageFailedException)
        {
            // Nobody waits for what this flush held, and the next opening sees that the log was not closed cleanly.
        }
        finally
        {
            _disposed = true;
            Release();
            Segments.Dispose();
            _state.Dispose();
        }
    }

    /// <summary>Takes a frame into the buffers and tells the appender.</summary>
    protected abstract void AppendFrame(in RecordFrame frame, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body);

    /// <summary>Hands everything appended to the segments, unsynced.</summary>
    protected abstract void WriteOut();

    /// <summary>Frees what the buffers hold; must not touch the disk, nor hang on it.</summary>
    protected abstract void Release();

    private static Exception Again(Exception fault) =>
        fault is StorageFailedException ? fault : new StorageFailedException(
            $"The log failed before: {fault.Message}", fault);

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_fault is { } fault)
        {
            throw Again(fault);
        }
    }

    private Exception Faulted(Exception exception)
    {
        _fault ??= exception;
        return Again(exception);
    }
}
