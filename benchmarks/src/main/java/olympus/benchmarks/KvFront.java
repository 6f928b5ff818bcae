package olympus.benchmarks;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import olympus.hermes.Bytes;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.hermes.WatchEvent;

/**
 * Lets etcd's client calls reach a member of Hermes, on loopback and for benchmarks only: so both
 * stores are asked by the same client in the same way, and what differs is the store.
 */
final class KvFront {

    private static final byte[] EMPTY = new byte[0];

    private final HermesNode node;
    private final Executor deliver;

    private KvFront(HermesNode node, Executor deliver) {
        this.node = node;
        this.deliver = deliver;
    }

    /**
     * Listens until the process ends.
     *
     * @param deliver where watchers are told
     */
    static Server listen(HermesNode node, int port, Executor deliver) throws IOException {
        var front = new KvFront(node, deliver);
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .directExecutor()
                .addService(
                        ServerServiceDefinition.builder("etcdserverpb.KV")
                                .addMethod(KvMessages.PUT, ServerCalls.asyncUnaryCall(front::put))
                                .addMethod(
                                        KvMessages.RANGE, ServerCalls.asyncUnaryCall(front::range))
                                .build())
                .addService(
                        ServerServiceDefinition.builder("etcdserverpb.Maintenance")
                                .addMethod(
                                        KvMessages.STATUS,
                                        ServerCalls.asyncUnaryCall(front::status))
                                .build())
                .addService(
                        ServerServiceDefinition.builder("etcdserverpb.Watch")
                                .addMethod(
                                        KvMessages.WATCH,
                                        ServerCalls.asyncBidiStreamingCall(front::watcher))
                                .build())
                .build()
                .start();
    }

    private void put(byte[] request, StreamObserver<byte[]> answer) {
        var put = KvMessages.parsePut(request);
        var _ =
                node.transact(Transaction.of(new Operation.Put(new Key(put.key()), put.value())))
                        .whenComplete((result, failure) -> {
                            if (result instanceof TransactionResult.Committed) {
                                answer.onNext(EMPTY);
                                answer.onCompleted();
                            } else {
                                refuse(answer, result + " " + failure);
                            }
                        });
    }

    private void range(byte[] request, StreamObserver<byte[]> answer) {
        var key = KvMessages.parsePut(request).key();
        var _ =
                node.get(new Key(key))
                        .whenComplete((found, failure) -> {
                            if (failure == null) {
                                answer.onNext(
                                        found.map(entry ->
                                                        KvMessages.found(
                                                                key.unsafeArray(), value(entry)))
                                                .orElse(EMPTY));
                                answer.onCompleted();
                            } else {
                                refuse(answer, failure.toString());
                            }
                        });
    }

    private void status(byte[] request, StreamObserver<byte[]> answer) {
        var status = node.status();
        answer.onNext(
                KvMessages.status(
                        new KvMessages.Status(
                                number(node.group().self()),
                                status.leader().map(KvFront::number).orElse(0L),
                                status.epoch())));
        answer.onCompleted();
    }

    /** Names of members are digits here. */
    private static long number(String member) {
        return Long.parseLong(member);
    }

    private static byte[] value(Entry entry) {
        return entry.value().unsafeArray();
    }

    private StreamObserver<byte[]> watcher(StreamObserver<byte[]> told) {
        return new Watcher(told);
    }

    private static void refuse(StreamObserver<byte[]> answer, String why) {
        answer.onError(Status.UNAVAILABLE.withDescription(why).asRuntimeException());
    }

    /** One stream with one watch. */
    private final class Watcher implements StreamObserver<byte[]> {

        private final StreamObserver<byte[]> told;
        private Optional<Hermes.Watch> watch = Optional.empty();

        Watcher(StreamObserver<byte[]> told) {
            this.told = told;
        }

        @Override
        public void onNext(byte[] request) {
            var key = new Key(Bytes.wrap(KvMessages.parseWatch(request)));
            watch = Optional.of(node.watch(key, 0, deliver, this::receive));
        }

        private void receive(WatchEvent event) {
            switch (event) {
                case WatchEvent.Listed listed -> {
                    if (listed.last()) {
                        told.onNext(KvMessages.watchCreated());
                    }
                }
                case WatchEvent.Changed changed -> {
                    for (var change : changed.changes()) {
                        if (change instanceof Change.Put(var entry)) {
                            told.onNext(
                                    KvMessages.event(
                                            entry.key().raw().unsafeArray(), value(entry)));
                        }
                    }
                }
                case WatchEvent.Compacted compacted -> refuse(told, compacted.toString());
                case WatchEvent.Lagged lagged -> refuse(told, lagged.toString());
                case WatchEvent.Ended ended -> refuse(told, ended.toString());
            }
        }

        @Override
        public void onError(Throwable gone) {
            watch.ifPresent(Hermes.Watch::close);
        }

        @Override
        public void onCompleted() {
            watch.ifPresent(Hermes.Watch::close);
        }
    }
}
