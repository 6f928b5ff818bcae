package olympus.foundation;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The functions of the C library, found by name and called with their error as a result: {@code
 * -errno} where the function answers with less than 0. The only place that links foreign functions.
 *
 * <p>Threading: any thread.
 */
@SuppressWarnings("restricted") // calling the C library is what this class is for
public final class CLibrary {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private CLibrary() {}

    /** A function of the library, as a thing to be called. */
    public static final class Function {

        private final String name;
        private final MethodHandle handle;

        private Function(String name, MethodHandle handle) {
            this.name = name;
            this.handle = handle;
        }

        /**
         * Calls it with arguments of exactly the kinds it was found with ({@code Integer} for an
         * {@code int}); what it returned, or {@code -errno}.
         */
        public long call(Object... arguments) {
            try (var arena = Arena.ofConfined()) {
                var state = arena.allocate(STATE);
                var all = new Object[arguments.length + 1];
                all[0] = state;
                System.arraycopy(arguments, 0, all, 1, arguments.length);
                var result = ((Number) handle.invokeWithArguments(all)).longValue();
                return result < 0 ? -(int) ERRNO_VALUE.get(state, 0L) : result;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(
                        "the C library's function %s cannot be called".formatted(name), e);
            }
        }
    }

    /** One that returns an {@code int}. */
    public static Function function(String name, MemoryLayout... parameters) {
        return link(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters), ERRNO);
    }

    /** One that returns a {@code long} or a {@code ssize_t}. */
    public static Function longFunction(String name, MemoryLayout... parameters) {
        return link(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters), ERRNO);
    }

    /** One that returns an {@code int} and whose parameters after the first {@code fixed} vary. */
    public static Function variadicFunction(String name, int fixed, MemoryLayout... parameters) {
        return link(
                name,
                FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters),
                ERRNO,
                Linker.Option.firstVariadicArg(fixed));
    }

    /** The same, returning a {@code long}. */
    public static Function variadicLongFunction(
            String name, int fixed, MemoryLayout... parameters) {
        return link(
                name,
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters),
                ERRNO,
                Linker.Option.firstVariadicArg(fixed));
    }

    private static Function link(String name, FunctionDescriptor type, Linker.Option... options) {
        var address = LINKER.defaultLookup().find(name).orElseThrow();
        return new Function(name, LINKER.downcallHandle(address, type, options));
    }
}
